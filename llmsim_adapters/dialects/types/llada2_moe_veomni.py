"""LLaDA 2 under the type that it was trained as: the same model. Source: the config of inclusionAI/LLaDA2.0-mini."""

from llmsim_adapters.dialects.types import llada2_moe

DIALECT = llada2_moe.DIALECT.like("llada2_moe_veomni")
