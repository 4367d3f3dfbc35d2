"""timm's Perception Encoder: a ViT whose layers may scale what they add (arXiv:2504.13181); and its FastViTs.

The largest Perception Encoder has no class token. The config names timm's architecture, and says in `model_args` what
is otherwise than there. Sources: transformers `TimmWrapperConfig`, and timm's `eva.py`; for FastViTs `fastvit.py`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.fastvit import NETS, channels
from llmsim_adapters.dialects.assembly.fastvit import encoder as encoder_of
from llmsim_adapters.dialects.assembly.layouts import layer_scaled, pre_norm
from llmsim_adapters.dialects.assembly.tower import PartWords, encoder, full_attention, patches
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import LearnedTokens, PositionEmbedding
from llmsim_adapters.spec.model import ModelSpec

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader

_NAME: Final = re.compile(r"vit_pe_(core|lang)_(tiny|small|base|large|gigantic)_patch(\d{1,2})_\d{1,4}(\.\w+)?")
_HEADS: Final = {"tiny": 3, "small": 6, "base": 12, "large": 16, "gigantic": 16}
_ARGS: Final = PartWords(
    canonical={"embed_dim": "hidden_size", "depth": "num_hidden_layers", "num_heads": "num_attention_heads"},
    costless={
        "ref_feat_shape": "rotation angles of positions: elementwise",
        "init_values": "what factors begin with: whether there are any is read",
    },
)


def read(r: Reader) -> ModelSpec:
    name = r.text("architecture") or ""
    if name in NETS:
        return _fast(r, name)
    known, args = _NAME.fullmatch(name), r.nested("model_args", dialect=_ARGS)
    sides = None if args is None else args.sequence("img_size")
    if known is None or args is None or not sides or not _are_sides(sides):
        r.refuse("architecture", name, "a Perception Encoder of timm whose model_args say its sizes")
        return ModelSpec(r.model_type, ())
    of_language, largest = known[1] == "lang", known[2] == "gigantic"
    if args.has("use_post_transformer_norm") or not of_language:
        args.only("use_post_transformer_norm", False)
    if (args.has("global_pool") or not of_language) and args.text("global_pool") != "":
        r.not_modelled("pooled_pictures")
    args.size_or("num_attention_heads", lambda: _HEADS[known[2]])
    hidden, side = args.size("hidden_size"), args.derive("patch_size", int(known[3]))
    args.derive("num_channels", 3)
    high, wide = (r.derive(f"picture_{axis}", size) for axis, size in zip(("height", "width"), sides, strict=True))
    count = (high // side) * (wide // side)
    args.derive("intermediate_size", hidden * 8960 // 1536 if largest else 4 * hidden)
    first = () if largest else (LearnedTokens(hidden_size=hidden),)
    positions = PositionEmbedding(positions=count + len(first), hidden_size=hidden)
    norm = layer_norm(args)
    mixer = replace(full_attention(args), rotary_fraction=1.0)
    before = (*first, patches(args, bias=False), positions, norm)
    scaled = args.raw.get("init_values", 0.1 if of_language else None) is not None
    layout = layer_scaled if scaled else pre_norm
    return encoder(args, mixer, mlp(args, bias=True, gated=False), norm, layout=layout, before=before)


def _fast(r: Reader, name: str) -> ModelSpec:
    """Return a FastViT in inference mode; that of training has branches that are not modelled."""
    args = r.nested("model_args", dialect=PartWords())
    if args is None or not args.flag("inference_mode"):
        r.not_modelled("branches_of_training")
        return ModelSpec(r.model_type, ())
    r.no_effect(("global_pool",), "what is pooled is not taken")
    stack = encoder_of(name)
    r.agree("hidden_size", channels(name), "the channels of the net's last convolution")
    return ModelSpec(r.model_type, (stack,))


def _are_sides(sides: object) -> bool:
    return (
        isinstance(sides, list)
        and len(sides) == 2
        and all(side.__class__ is int and 0 < side <= 2**16 for side in sides)
    )


DIALECT = Dialect(
    "timm_wrapper",
    read,
    {"hidden_act": "gelu"},
    costless=dict.fromkeys(
        ("do_pooling", "label_names", "num_classes", "initializer_range", "problem_type"),
        "of classifying pictures, which a tower does not",
    ),
)
