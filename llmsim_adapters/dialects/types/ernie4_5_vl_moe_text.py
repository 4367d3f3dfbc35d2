"""ERNIE 4.5 VL's language model: ERNIE 4.5's, with experts for tokens of pictures beside those for words.

Source: transformers `Ernie4_5_VLMoeTextConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.patterns import experts_where, mlp_layer_types
from llmsim_adapters.dialects.types import ernie4_5_moe

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    bias = r.flag("attention_bias")
    is_sparse = mlp_layer_types(r, lambda: _in_ranges(r))
    feed_forward = experts_where(r, is_sparse, lambda: mlp(r, bias=bias), lambda: _experts(r, bias=bias))
    return decoder(r, attention(r, bias=bias), feed_forward)


def _experts(r: Reader, *, bias: bool) -> MixtureOfExperts:
    """Read both kinds of experts; those that are shared are as wide as those of words."""
    counts, widths = r.sizes("num_experts", 2), _widths(r)
    shared_bias = bias and r.count("num_shared_experts") > 0
    found = mixture_of_experts(r, score_correction_bias="parameter", shared_bias=shared_bias)
    words, media = (
        replace(found, num_experts=count, moe_intermediate_size=width, shared=None)
        for count, width in zip(counts, widths, strict=True)
    )
    shared = found.shared and replace(found.shared, intermediate_size=widths[0] * r.count("num_shared_experts"))
    return replace(words, shared=shared, of_media=media)


def _widths(r: Reader) -> list[int]:
    """Read how wide an expert of words and one of media is."""
    if r.has("moe_intermediate_size"):
        return r.sizes("moe_intermediate_size", 2)
    of_media = r.constant("media_expert_size", 512, "the class's default")
    return [r.derive("moe_intermediate_size", 1536), of_media]


def _in_ranges(r: Reader) -> list[bool]:
    """Every `moe_layer_interval`-th layer from the start to the end of a range, be it of words or of media."""
    every, count = r.size("moe_layer_interval"), layers(r)
    starts = _both(r, "moe_layer_start_index", least=0)
    ends = [count - 1 if end == -1 else min(end, count - 1) for end in _both(r, "moe_layer_end_index", least=-1)]
    found = [
        [start <= i <= end and (i + 1) % every == 0 for i in range(count)]
        for start, end in zip(starts, ends, strict=True)
    ]
    if found[0] != found[1]:
        r.not_modelled("experts_of_one_kind")
    return found[0]


def _both(r: Reader, name: str, *, least: int) -> tuple[int, int]:
    """Read a number for words and one for media, or one for both."""
    said = r.integers(name, 2, least=least) if r.is_list(name) else None
    if said:
        return said[0], said[1]
    one = r.number(name, least=least)
    return int(one or 0), int(one or 0)


DIALECT = ernie4_5_moe.DIALECT.like(
    "ernie4_5_vl_moe_text",
    read=read,
    classes=("Ernie4_5_VLMoeForConditionalGeneration", "Ernie4_5_VL_MoeForConditionalGeneration"),
    moe_intermediate_size=None,
)
