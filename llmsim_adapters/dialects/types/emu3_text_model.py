"""Emu3's language model: Llama with pictures' codes among its tokens. Source: transformers `Emu3TextConfig`."""

from llmsim_adapters.dialects.types import llama

DIALECT = llama.DIALECT.like(
    "emu3_text_model",
    text_only=("Emu3ForCausalLM",),
    vocab_size=184622,
    intermediate_size=14336,
    num_key_value_heads=8,
)
