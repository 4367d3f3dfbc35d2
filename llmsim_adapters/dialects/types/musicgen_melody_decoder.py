"""MusicGen Melody's decoder: MusicGen's, with text and melody before its tokens in place of attention to an encoder.

Source: transformers `MusicgenMelodyDecoderConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic, unrotated_attention
from llmsim_adapters.dialects.types import musicgen_decoder

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    if not r.architecture.endswith("ForCausalLM"):
        r.not_modelled("encoder")
    r.no_effect(("add_cross_attention",), "text stands before the tokens, and nothing attends to it elsewhere")
    return musicgen_decoder.in_streams(r, classic(r, unrotated_attention(r, bias=False)))


DIALECT = musicgen_decoder.DIALECT.like("musicgen_melody_decoder", read=read, text_only=("MusicgenMelodyForCausalLM",))
