"""ERNIE 4.5 VL's language model: ERNIE 4.5's, with experts for tokens of pictures beside those for words.

Source: transformers `Ernie4_5_VLMoeTextConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.patterns import experts_where, in_range, mlp_layer_types
from llmsim_adapters.dialects.types import ernie4_5_moe

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    starts, ends = _both(r, "moe_layer_start_index", least=0), _both(r, "moe_layer_end_index", least=-1)
    of_words, of_media = (in_range(r, first or 0, last) for first, last in zip(starts, ends, strict=True))
    if of_words != of_media:
        r.not_modelled("experts_of_one_kind")
    return of_words


def _both(r: Reader, name: str, *, least: int) -> Sequence[float | None]:
    """Read a number for words and one for media, or one for both."""
    if r.is_list(name):
        return r.integers(name, 2, least=least) or (None, None)
    return (r.number(name, least=least),) * 2


DIALECT = ernie4_5_moe.DIALECT.like(
    "ernie4_5_vl_moe_text",
    read=read,
    classes=("Ernie4_5_VLMoeForConditionalGeneration", "Ernie4_5_VL_MoeForConditionalGeneration"),
    moe_intermediate_size=None,
)
