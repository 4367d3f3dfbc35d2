"""PaddleOCR-VL in published configs, which have the text model's keys beside `vision_config`. `PaddleOCRVLConfig`."""

from llmsim_adapters.dialects.types import ernie4_5

_ANGLES = "rotation angles of rotary embeddings: tables that are computed, elementwise"

DIALECT = ernie4_5.DIALECT.like(
    "paddleocr_vl",
    costless={
        "rope_is_neox_style": _ANGLES,
        "use_3d_rope": _ANGLES,
        "use_flash_attention": "how the same network is executed",
        "weight_share_add_bias": "the class does not read it: use_bias says which biases there are",
    },
)
