"""Qwen3-Omni: its thinker, with encoders of pictures and of sound, and what speaks. Source: `Qwen3OmniMoeConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import QWEN3_OMNI, resized
from llmsim_adapters.dialects.assembly.sound import convolved
from llmsim_adapters.dialects.assembly.tower import PartWords, tower
from llmsim_adapters.dialects.types import qwen3_omni_moe_text
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(thinker: Reader, text: Reader) -> Iterator[Stack]:
    yield from thinking(thinker, text)
    yield from _speaking(thinker.outermost or thinker)


def thinking(thinker: Reader, _: Reader) -> Iterator[Stack]:
    """Yield the encoders of pictures and of sound."""
    vision = tower(thinker, "vision_config", "qwen3_omni_moe_vision_encoder", fixed=True)
    if vision is not None:
        yield vision.running(resized(thinker, vision.r, QWEN3_OMNI)).stack
    sound = tower(thinker, "audio_config", "qwen3_omni_moe_audio_encoder", fixed=True)
    if sound is not None:
        yield sound.running(convolved(thinker, sound.r)).stack


def _speaking(whole: Reader) -> Iterator[Stack]:
    """Yield the talker with what takes the thinker's states in, its predictor of codes, and the vocoder."""
    if not whole.flag("enable_audio_output"):
        whole.no_effect(("talker_config", "code2wav_config"), "enable_audio_output is false")
        return
    talker = whole.nested("talker_config", dialect=_TALKER)
    if talker is None:
        whole.not_modelled("talker_tower")
        return
    talker.mark("model_type", "architectures")
    talker.no_effect(("dtype",), "the checkpoint's is taken")
    talker.only("tie_word_embeddings", False)
    speaks = tower(talker, "text_config", "qwen3_omni_moe_talker_text", fixed=True)
    further = tower(talker, "code_predictor_config", "qwen3_omni_moe_talker_code_predictor", fixed=True)
    sounds = tower(whole, "code2wav_config", "qwen3_omni_moe_code2wav", fixed=True)
    if speaks is None or further is None or sounds is None:
        return
    hidden, inner = speaks.r.size("hidden_size"), speaks.r.size("intermediate_size")
    taken = Projection(input_size=talker.size("thinker_hidden_size"), output_size=inner, bias=True)
    into = (taken, Projection(input_size=inner, output_size=hidden, bias=True))
    stack = replace(speaks.stack, before=(*into, *into, *speaks.stack.before))  # of words, and of hidden states
    yield replace(stack, name="talker", counted_by="talker_num_hidden_layers")
    yield further.stack
    yield sounds.stack


_TALKER = PartWords(
    defaults={"thinker_hidden_size": 2048, "tie_word_embeddings": False},
    costless={
        "accept_hidden_layer": "which of the thinker's states are taken in: of one size",
        "num_code_groups": "the predictor's config says it",
        "speaker_id": "names of tokens",
        "spatial_merge_size": "positions of pictures: no weights",
        **dict.fromkeys(("position_id_per_seconds", "seconds_per_chunk"), "positions in time: no weights"),
        **{f"codec_{name}_id": "the number of a code" for name in ("bos", "nothink", "pad", "think_bos", "think_eos")},
    },
)

DIALECT = qwen3_omni_moe_text.DIALECT.like("qwen3_omni_moe", towers=towers, enable_audio_output=True, ties="part")
