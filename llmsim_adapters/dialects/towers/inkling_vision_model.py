"""Inkling's picture encoder under its publisher's type, by which frames have no more channels than they need.

Source: SGLang's `InklingVisionConfig`.
"""

from llmsim_adapters.dialects.towers import inkling_vision

DIALECT = inkling_vision.DIALECT.like(
    "inkling_vision_model",
    num_hidden_layers=1,
    patch_size=16,
    temporal_patch_size=1,
    use_vision_norm=False,
    frame_channel_unit=64,
)
