"""Ling 2 in Ming-flash-omni: Ling's layers, whose routers are one for each kind of token where the config says so.

Source: SGLang's `BailingMoeV2Config` and `bailing_moe.py`, and the published config of inclusionAI/Ming-flash-omni-2.0.
"""

from llmsim_adapters.dialects.types import bailing_moe

_TOKEN = "a token id"

DIALECT = bailing_moe.DIALECT.like(
    "bailing_moe_v2",
    aliases={"use_expert_bias": "moe_router_enable_expert_bias"},
    costless={
        **dict.fromkeys(("image_start_token", "video_patch_token", "video_start_token"), _TOKEN),
        "moe_router_topk_scaling_factor": "how experts are weighted",
        "use_interleaved_frame_timestamp": "how a prompt is written",
    },
)
