"""LLaVA-NeXT-Video: LLaVA-NeXT that pools the patches of videos. Source: transformers `LlavaNextVideoConfig`."""

from llmsim_adapters.dialects.types import llava_next

DIALECT = llava_next.DIALECT.like(
    "llava_next_video",
    costless={
        "spatial_pool_mode": "how patches of videos are pooled: elementwise",
        "spatial_pool_stride": "how many patches of videos are pooled: no weights",
        "video_seq_length": "how many tokens a video becomes: its pooled patches",
    },
)
