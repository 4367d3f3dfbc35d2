"""Step3-VL-10B: Qwen3 with a Perception Encoder, whose picture two convolutions halve.

Source: the published config of stepfun-ai/Step3-VL-10B, and SGLang's `step3_vl_10b.py`.
"""

from functools import partial

from llmsim_adapters.dialects.types import qwen3
from llmsim_adapters.dialects.types.step3p7 import projected

DIALECT = qwen3.DIALECT.like(
    "step_robotics",
    text_config="text_config",
    towers=partial(projected, model_type="perception_encoder"),
    costless={
        "hidden_size": "that of the language model is read",
        "understand_projector_stride": "the class halves pictures twice, whatever it says",
    },
    classes=("StepVLForConditionalGeneration",),
    projector_bias=False,
)
