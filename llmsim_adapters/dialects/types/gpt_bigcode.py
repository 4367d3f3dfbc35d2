"""GPT-BigCode (StarCoder): GPT-2 with one key/value head for all queries. Source: `GPTBigCodeConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import gpt2

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    kv_heads = 1 if r.flag("multi_query") else r.size("num_attention_heads")
    r.agree("num_key_value_heads", kv_heads, "multi_query says it")
    return gpt2.read(r, kv_heads)


_RUNNER = "how one server runs the same network"

DIALECT = gpt2.DIALECT.like(
    "gpt_bigcode",
    read=read,
    hidden_act="gelu_pytorch_tanh",
    multi_query=True,
    costless={
        "inference_runner": _RUNNER,
        "max_batch_size": _RUNNER,
        "pad_key_length": _RUNNER,
        "pre_allocate_kv_cache": _RUNNER,
        "validate_runner_input": _RUNNER,
    },
)
