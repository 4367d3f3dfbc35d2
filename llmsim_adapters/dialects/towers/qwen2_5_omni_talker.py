"""Qwen2.5-Omni's talker, which writes codes of speech: Qwen2 over embeddings of the thinker's size.

Source: transformers `Qwen2_5OmniTalkerConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.tower import encoder
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.towers.qwen3_omni_moe_talker_text import WINDOWS
from llmsim_adapters.spec.components import Norm, PositionEmbedding, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, codes, width = r.size("hidden_size"), r.size("vocab_size"), r.size("embedding_size")
    mixer, norm = replace(attention(r, bias=True, o_bias=False), cached=False), Norm(hidden)
    before = (
        PositionEmbedding(positions=codes, hidden_size=width),
        Projection(input_size=width, output_size=hidden, bias=True),
    )
    after = (norm, Projection(input_size=hidden, output_size=codes))
    return encoder(r, mixer, mlp(r), norm, before=before, after=after, axis="codes")


_TOKENS = (
    *("audio_token_index", "image_token_index", "video_token_index"),
    *(f"tts_codec_{name}_token_id" for name in ("end", "mask", "pad", "start")),
    *(f"tts_text_{name}_token_id" for name in ("end", "pad", "start")),
    *("audio_end_token_id", "audio_start_token_id", "vision_end_token_id", "vision_start_token_id"),
)

DIALECT = Dialect(
    "qwen2_5_omni_talker",
    read,
    {
        "vocab_size": 8448,
        "hidden_size": 3584,
        "embedding_size": 3584,
        "intermediate_size": 18944,
        "num_hidden_layers": 28,
        "num_attention_heads": 28,
        "num_key_value_heads": 4,
        "head_dim": 128,
        "hidden_act": "silu",
    },
    costless={
        **dict.fromkeys(_TOKENS, "the number of a token"),
        **WINDOWS,
        **dict.fromkeys(
            ("position_id_per_seconds", "seconds_per_chunk", "spatial_merge_size"), "positions: no weights"
        ),
    },
)
