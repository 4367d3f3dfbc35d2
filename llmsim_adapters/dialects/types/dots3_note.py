"""dots3.note: its language model, encoders of pictures and of sound, and what takes their results to its size.

Source: transformers `Dots3NoteConfig`. Published configs have the language model's keys at the top. SGLang's class of
the language model has the encoders too, unless `language_only`, and asks the config for their sizes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.resizing import DOTS3_NOTE, resized
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers import dots3_note_audio_encoder
from llmsim_adapters.dialects.types import dots3_note_text
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec, Stack

_INTO = "it gives the language model's hidden states"
_TOKENS = (
    *("audio_end_token", "audio_start_token", "audio_token"),
    *("im_end_token", "im_start_token", "im_token", "video_token"),
)
_FROM = "hidden_size: it takes the encoder's hidden states"


def read(r: Reader) -> ModelSpec:
    if r.has("language_only") and not r.flag("language_only") and not r.predicts_alone:
        unsaid = [part for part in ("vision", "audio") if not r.raw.get(f"{part}_config")]
        for part in unsaid:
            r.not_modelled(f"{part}_tower")
        r.has_parts = not unsaid
    r.no_effect(("language_only",), "whether a server has the encoders")
    return dots3_note_text.read(r)


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    hidden = text.size("hidden_size")
    vision = tower(whole, "vision_config", "dots3_note_vision_encoder", fixed=True)
    if vision is not None:
        width, side = vision.r.size("hidden_size"), vision.r.size("spatial_merge_size")
        vision.r.agree("adapter_in_dim", width, _FROM)
        vision.r.agree("adapter_merge_size", side, "spatial_merge_size: it merges the same patches")
        vision.r.agree("adapter_out_dim", hidden, _INTO)
        merged = width * side * side
        into = Projection(input_size=merged, output_size=merged, bias=True)
        media = resized(whole, vision.r, DOTS3_NOTE, frames=1)
        yield vision.running(media).then(layer_norm(vision.r), into, replace(into, output_size=hidden))
    sound = tower(whole, "audio_config", "dots3_note_audio_encoder", fixed=True)
    if sound is not None:
        width = sound.r.size("hidden_size")
        sound.r.agree("adapter_input_size", width, _FROM)
        sound.r.agree("adapter_out_dim", hidden, _INTO)
        into = Projection(input_size=width, output_size=hidden, bias=True)
        heard = dots3_note_audio_encoder.heard(whole, sound.r)
        yield sound.running(heard).then(layer_norm(sound.r), into, replace(into, input_size=hidden))


DIALECT = dots3_note_text.DIALECT.like(
    "dots3_note",
    read=read,
    towers=towers,
    costless={
        **dict.fromkeys(_TOKENS, "the text of a token"),
        "swa_num_key_value_heads": "follows from swa_num_attention_heads: every head has its own expanded keys",
    },
)
