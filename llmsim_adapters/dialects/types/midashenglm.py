"""MiDashengLM: Qwen2.5-Omni's language model with an encoder of sound, several results of which are projected at once.

Source: SGLang's `midashenglm.py`, whose tensors and runs are the proof of the encoder.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers.midashenglm_dasheng_encoder import heard
from llmsim_adapters.dialects.types import qwen2_5_omni_text
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    sound = tower(whole, "audio_encoder_config", "midashenglm_dasheng_encoder", fixed=True)
    if sound is not None:
        hidden, joined = text.size("hidden_size"), whole.size("subsample_factor") * sound.r.size("hidden_size")
        into = Projection(input_size=joined, output_size=hidden)
        media = heard(whole, sound.r, int(whole.size("subsample_factor")))
        stack = sound.then(into, replace(into, input_size=hidden), rows=("results", "results"))
        yield replace(stack, name="audio", counted_by="audio_num_hidden_layers", media=media)


DIALECT = qwen2_5_omni_text.DIALECT.like(
    "midashenglm",
    text_config="text_config",
    towers=towers,
    classes=("MiDashengLMModel",),
    subsample_factor=5,
    ties="either",
    causal_lm=("MiDashengLMModel",),
)
