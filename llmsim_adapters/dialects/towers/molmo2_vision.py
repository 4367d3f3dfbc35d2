"""Molmo 2's picture encoder: a ViT without a norm behind its layers. Source: transformers `Molmo2VisionConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import PositionEmbedding, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, side = r.size("hidden_size"), r.size("patch_size")
    patches = patches_of(r)
    r.agree("num_position_embeddings", patches * patches, "the patches of a picture")
    before = (
        Projection(input_size=r.size("num_channels") * side * side, output_size=hidden, bias=True),
        PositionEmbedding(positions=patches * patches, hidden_size=hidden),
    )
    mixer = full_attention(r, bias=r.flag("attention_bias"))
    return encoder(r, mixer, mlp(r, bias=True, gated=False), layer_norm(r), before=before)


def patches_of(r: Reader) -> int:
    """Read how many patches stand side by side in a picture, which is a square."""
    sides = r.sizes("image_size", 2)
    r.check("image_size", sides[0] == sides[1], "is no square, and the processor makes squares alone")
    side = sides[0] // r.size("patch_size")
    r.check("image_size", side > 0, "is smaller than a patch")
    return side


DIALECT = Dialect(
    "molmo2_vision",
    read,
    {
        "hidden_size": 1152,
        "intermediate_size": 4304,
        "num_hidden_layers": 25,
        "num_attention_heads": 16,
        "num_key_value_heads": 16,
        "head_dim": 72,
        "hidden_act": "gelu_pytorch_tanh",
        "image_size": [378, 378],
        "patch_size": 14,
        "num_channels": 3,
        "attention_bias": True,
    },
    aliases={
        "image_default_input_size": "image_size",
        "image_patch_size": "patch_size",
        "image_num_pos": "num_position_embeddings",
    },
    costless={"float32_attention": "the number format of a product: elements are counted"},
)
