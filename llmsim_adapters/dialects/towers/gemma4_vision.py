"""Gemma 4's picture encoder: rotary positions and two tables of learned ones, norms around each mixer.

Source: transformers `Gemma4VisionConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.layouts import sandwich_norm
from llmsim_adapters.dialects.assembly.tower import clipped, encoder
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Norm, PlanePositions, Projection, Scale

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_LINEAR = 7  # the matrices of a layer


def read(r: Reader) -> ModelSpec:
    hidden, side = r.size("hidden_size"), r.size("patch_size")
    mixer = attention(r, qk_norm=True, causal=False)
    mixer = replace(mixer, v_norm=Norm(mixer.head_dim, gain=False), cached=False)
    before = (
        Projection(input_size=3 * side * side, output_size=hidden),
        PlanePositions(positions=r.size("position_embedding_size"), hidden_size=hidden),
    )
    after = (Scale(size=hidden, trained=False, shifted=True),) if r.flag("standardize") else ()
    layout = clipped(sandwich_norm, _LINEAR) if r.flag("use_clipped_linears") else sandwich_norm
    return encoder(r, mixer, mlp(r), Norm(hidden), layout=layout, before=before, after=after)


DIALECT = Dialect(
    "gemma4_vision",
    read,
    {
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_hidden_layers": 16,
        "num_attention_heads": 12,
        "num_key_value_heads": 12,
        "head_dim": 64,
        "hidden_act": "gelu_pytorch_tanh",
        "patch_size": 16,
        "position_embedding_size": 10240,
        "standardize": False,
        "use_clipped_linears": False,
        "pooling_kernel_size": 3,
    },
    neutral={"attention_bias": False},
    costless={
        "attention_bias": "transformers' class has no biases, SGLang's has those that it says",
        "default_output_length": "how many tokens a picture becomes: no weights",
        "global_head_dim": "the class has heads of one size",
    },
)
