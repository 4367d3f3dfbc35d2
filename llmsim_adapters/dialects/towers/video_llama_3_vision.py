"""VideoLLaMA 3's picture encoder: SigLIP's with rotary positions. Source: transformers `VideoLlama3VisionConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention, patches
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    norm, mixer = layer_norm(r), replace(full_attention(r), rotary_fraction=1.0)
    return encoder(r, mixer, mlp(r, bias=True, gated=False), norm, before=(patches(r),), after=(norm,))


DIALECT = Dialect(
    "video_llama_3_vision",
    read,
    {
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "num_channels": 3,
        "patch_size": 16,
        "hidden_act": "gelu_pytorch_tanh",
    },
)
