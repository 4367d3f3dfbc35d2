"""Ling 2.0 under its remote code's type, as the language model of Ming: Ling with a correction of its router's scores.

Source: the published config of inclusionAI/Ming-flash-omni-2.0 and SGLang's `bailing_moe.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import bailing_moe

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    if r.text("router_type") not in (None, "topN"):
        r.not_modelled("router_type")  # Ming has routers of their own for pictures and sound
    return bailing_moe.read(r)


DIALECT = bailing_moe.DIALECT.like(
    "bailing_moe_v2",
    read=read,
    aliases={"use_expert_bias": "moe_router_enable_expert_bias"},
    costless={
        **dict.fromkeys(("image_start_token", "video_patch_token", "video_start_token"), "a token id"),
        "moe_router_topk_scaling_factor": "how experts are weighted",
        "use_interleaved_frame_timestamp": "which positions frames of pictures have",
    },
    router_type="topN",
)
