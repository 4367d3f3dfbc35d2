"""Fun-ASR-Nano: Qwen3 with an encoder of sound, whose results an adaptor of layers takes in.

Source: transformers `FunAsrNanoConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers import fun_asr_nano_encoder
from llmsim_adapters.dialects.types import qwen3
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    sound = tower(whole, "audio_config", "fun_asr_nano_encoder")
    adaptor = tower(whole, "adaptor_config", fun_asr_nano_encoder.ADAPTOR, fixed=True)
    if sound is None or adaptor is None:
        return
    adaptor.r.agree("hidden_size", text.size("hidden_size"), "the size of the language model's hidden states")
    quarter = adaptor.r.size("intermediate_size") == text.size("hidden_size") // 4
    adaptor.r.check("intermediate_size", quarter, "is no quarter of the text's hidden_size, which the class refuses")
    inner, hidden = adaptor.r.size("projector_hidden_size"), adaptor.r.size("hidden_size")
    before = (
        Projection(input_size=sound.r.size("hidden_size"), output_size=inner, bias=True),
        Projection(input_size=inner, output_size=hidden, bias=True),
    )
    yield sound.running(fun_asr_nano_encoder.heard(whole, encoded=True)).stack
    stack = adaptor.running(fun_asr_nano_encoder.heard(whole)).stack
    yield replace(stack, before=before, before_rows=("rows", "rows"))


DIALECT = qwen3.DIALECT.like(
    "fun_asr_nano",
    text_config="text_config",
    without_text={**qwen3.OF_600M, "tie_word_embeddings": True},
    towers=towers,
    tie_word_embeddings=True,
)
