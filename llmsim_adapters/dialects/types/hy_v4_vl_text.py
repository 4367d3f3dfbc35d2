"""The text model of Hy 4 with pictures: Hy 4 with sizes of its own. Source: transformers `HYV4VLTextConfig`.

`hy_v4` of equal dimensions is the proof: rotary positions of three axes have no weights.
"""

from __future__ import annotations

from llmsim_adapters.dialects.types import hy_v4

DIALECT = hy_v4.DIALECT.like(
    "hy_v4_vl_text",
    classes=("HYV4VLForConditionalGeneration",),
    hidden_size=6144,
    intermediate_size=18432,
    num_hidden_layers=78,
    num_attention_heads=64,
    moe_intermediate_size=2048,
    index_n_heads=32,
    q_lora_rank=2048,
)
