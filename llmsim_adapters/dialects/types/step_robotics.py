"""Step3-VL-10B: Qwen3 with a Perception Encoder, whose picture two convolutions halve.

Source: the published config of stepfun-ai/Step3-VL-10B, and SGLang's `step3_vl_10b.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import qwen3
from llmsim_adapters.dialects.types.step3p7 import views
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "perception_encoder", fixed=True)
    if vision is not None:
        width, bias = 4 * vision.r.size("hidden_size"), whole.flag("projector_bias")
        into = Projection(input_size=width, output_size=text.size("hidden_size"), bias=bias)
        yield vision.running(views(whole, vision.r)).then(into)


DIALECT = qwen3.DIALECT.like(
    "step_robotics",
    text_config="text_config",
    towers=towers,
    costless={
        "hidden_size": "that of the language model is read",
        "understand_projector_stride": "the class halves pictures twice, whatever it says",
    },
    classes=("StepVLForConditionalGeneration",),
    projector_bias=False,
)
