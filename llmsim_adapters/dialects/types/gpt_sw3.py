"""GPT-SW3: a tokenizer of its own for the class of GPT-2. Source: transformers' table of configs."""

from llmsim_adapters.dialects.types import gpt2

DIALECT = gpt2.DIALECT.like("gpt-sw3", classes=("GPT2LMHeadModel",))
