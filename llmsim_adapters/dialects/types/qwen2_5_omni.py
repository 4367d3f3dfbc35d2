"""Qwen2.5-Omni: its thinker, its talker, and what makes sound of codes. Source: transformers `Qwen2_5OmniConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import PartWords, tower
from llmsim_adapters.dialects.types import qwen2_5_omni_text, qwen2_5_omni_thinker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(thinker: Reader, text: Reader) -> Iterator[Stack]:
    yield from qwen2_5_omni_thinker.towers(thinker, text)
    yield from _speaking(thinker.outermost or thinker)


def _speaking(whole: Reader) -> Iterator[Stack]:
    """Yield the talker, the maker of spectrograms and the vocoder."""
    if not whole.flag("enable_audio_output"):
        whole.no_effect(("talker_config", "token2wav_config"), "enable_audio_output is false")
        return
    wave = whole.nested("token2wav_config", dialect=_WAVE)
    if wave is None:
        whole.not_modelled("token2wav_tower")
    else:
        wave.mark("model_type", "architectures")
    talker = tower(whole, "talker_config", "qwen2_5_omni_talker", fixed=True)
    parts = (
        () if wave is None else (tower(wave, f"{part}_config", f"qwen2_5_omni_{part}", fixed=True) for part in _PARTS)
    )
    for each in (talker, *parts):
        if each is not None:
            yield each.stack


_PARTS = ("dit", "bigvgan")
_WAVE = PartWords(costless={"dtype": "the checkpoint's is taken"})

DIALECT = qwen2_5_omni_text.DIALECT.like(
    "qwen2_5_omni",
    towers=towers,
    enable_audio_output=True,
    ties="part",
    causal_lm=("Qwen2_5OmniModel",),
    classes=("Qwen2_5OmniModel",),
)
