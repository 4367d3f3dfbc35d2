"""MoonViT of Kimi K2.5, for pictures and films, under names of its own; times have positions without weights.

Source: the published config of moonshotai/Kimi-K2.5, and SGLang's `kimi_k25.py`.
"""

from __future__ import annotations

from llmsim_adapters.dialects.towers import moonvit

DIALECT = moonvit.DIALECT.like(
    "kimi_k25_vision",
    aliases={
        "vt_hidden_size": "hidden_size",
        "vt_intermediate_size": "intermediate_size",
        "vt_num_hidden_layers": "num_hidden_layers",
        "vt_num_attention_heads": "num_attention_heads",
    },
    costless={
        **dict.fromkeys(("init_pos_emb_time", "pos_emb_type"), "positions in time are sines: no weights"),
        **dict.fromkeys(("merge_type", "video_attn_type"), "how films are run: no weights"),
        "projector_hidden_act": "an activation between two projections: elementwise",
        "projector_ln_eps": "of a norm: elementwise",
    },
)
