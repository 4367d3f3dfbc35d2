"""MiniCPM-V 2 to 4.5: MiniCPM's, Llama's or Qwen's layers, with a tower and a resampler beside them.

Source: the published configs of openbmb/MiniCPM-V-2 and openbmb/MiniCPM-V-4, and SGLang's `minicpmv.py`, which chooses
the language model by the version. `llama` of equal dimensions is the proof of MiniCPM's, and SGLang's tensors are that
of the others and of the tower, where there is a `vision_config`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.resampler import STATES, TOKENS, apart, asking
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import llama, minicpm, qwen2, qwen3
from llmsim_adapters.spec.components import LearnedTokens, Norm, Projection
from llmsim_adapters.spec.media.slices import ResampledSlices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.assembly.resampler import Part
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import ModelSpec, Stack

_LLAMA: Final = (2.0, 2.5, 4.0)
_QWEN2: Final = 2.6
_QWEN3: Final = 4.5


def read(r: Reader) -> ModelSpec:
    version = r.number("version", least=0)
    if version not in (_QWEN2, _QWEN3):
        if version not in _LLAMA:
            r.refuse("version", version, f"one of {', '.join(map(str, (*_LLAMA, _QWEN2, _QWEN3)))}")
        r.no_effect(("max_window_layers", "sliding_window", "use_sliding_window"), "Llama's layers have no windows")
        return llama.read(r)
    r.no_effect(("mlp_bias",), "Qwen's networks have no biases")
    if version == _QWEN3:
        return qwen3.read(r)
    r.no_effect(("attention_bias",), "Qwen2's queries, keys and values have biases, whatever it says")
    return qwen2.read(r)


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    if not whole.has("vision_config"):
        return
    vision = tower(whole, "vision_config", "minicpmv_vision", fixed=True)
    if vision is None:
        return
    if whole.flag("drop_vision_last_layer"):
        whole.not_modelled("vision_without_its_last_layer")
    parts, rows = apart(_resampler(whole, vision.r.size("hidden_size"), text.size("hidden_size")))
    yield vision.running(_slices(whole, vision.r)).then(*parts, rows=rows)


def _resampler(whole: Reader, width: int, hidden: int) -> Iterator[Part]:
    """Yield what attends to the patches: trained queries, of which each becomes a token (arXiv:2308.12966)."""
    norm, count = Norm(hidden, "layer", bias=True), whole.size("query_num")
    yield LearnedTokens(hidden_size=hidden, count=count), TOKENS
    if width != hidden:
        yield Projection(input_size=width, output_size=hidden), STATES
    yield from ((norm, STATES), (norm, TOKENS))
    heads = whole.derive("resampler_heads", max(1, hidden // _HEAD))
    yield asking(count, hidden, heads, copied=True), STATES
    yield from ((norm, TOKENS), (Projection(input_size=hidden, output_size=hidden), TOKENS))


def _slices(whole: Reader, r: Reader) -> Media:
    """Return the rule of slices, each of which becomes as many tokens as queries ask.

    Settings of the published `MiniCPMVImageProcessor`: `max_slice_nums`, `scale_resolution`, `slice_mode`,
    `image_feature_size`, `use_image_id`; the config's `slice_config` and its own keys of the same names are defaults.
    """
    said = whole.nested("slice_config", rest_costless=True)
    source = whole if said is None else said
    most = source.size_or("max_slice_nums", lambda: 9)
    scale = source.size_or("scale_resolution", lambda: 448)

    def made(images: Settings) -> Media:
        return ResampledSlices(
            patch_size=int(r.size("patch_size")),
            scale=images.integer("scale_resolution", default=int(scale)),
            most=images.tiles("max_slice_nums", default=min(int(most), 1000))
            if images.flag("slice_mode", default=True)
            else 1,
            merge=1,
            joins=False,
            tokens=int(whole.size("query_num")),
            text=3 if images.flag("use_image_id", default=True) else 0,
            origin=origin(images, "MiniCPM-V's processor"),
        )

    return rule(whole, "image", made)


_HEAD: Final = 128
"""The size of the resampler's heads, of which there are as many as the hidden size has room for."""

_CUT = "how pictures are cut: no weights"

DIALECT = llama.DIALECT.like(
    "minicpmv",
    read=read,
    towers=towers,
    costless={
        **minicpm.DIALECT.costless,
        **dict.fromkeys(("image_size", "patch_size"), _CUT),
        "batch_vision_input": "how the same network is executed",
        "vision_batch_size": "how the same network is executed",
    },
    version=2.0,
    use_sliding_window=False,
    sliding_window=None,
    max_window_layers=28,
    causal_lm=("MiniCPMV",),
)
