"""GPT (2018): GPT-2 with norms after the mixers only, none at the end. Source: `OpenAIGPTConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic, fixed_width
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.assembly.layouts import post_norm
from llmsim_adapters.dialects.types import gpt2

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return classic(r, width=fixed_width(r), layout=post_norm, final_norm=False, inputs=(learned_positions(r),))


DIALECT = gpt2.DIALECT.like(
    "openai-gpt",
    read=read,
    vocab_size=40478,
    max_position_embeddings=512,
    hidden_act="gelu",
    costless=dict.fromkeys(("n_special", "predict_special_tokens"), "of fine-tuning; the class does not read it"),
)
