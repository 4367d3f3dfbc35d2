"""Qwen3.5: Qwen3-Next without experts, with the projections of the delta net apart. Source: `Qwen3_5TextConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import qwen3_next

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return decoder(r, qwen3_next.mixers(r), mlp(r), mtp=qwen3_next.next_tokens(r, mlp))


DIALECT = qwen3_next.DIALECT.like(
    "qwen3_5_text",
    read=read,
    text_only=("Qwen3_5ForCausalLM",),
    costless={
        "mlp_only_layers": "no layer has experts",
        "output_gate_type": "which activation gates have: elementwise",
        "mrope_interleaved": "rotation angles of rotary embeddings: elementwise",
    },
    vocab_size=248320,
    hidden_size=4096,
    intermediate_size=12288,
    num_hidden_layers=32,
    num_key_value_heads=4,
)
