"""Whisper: learned positions, norms before the mixers, keys without a bias. Source: transformers `WhisperConfig`.

The encoder is read where the architecture has it; its keys stand among the decoder's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import unrotated_attention
from llmsim_adapters.dialects.assembly.decoder_alone import OF_ENCODER, decoder_alone
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.assembly.sound import chunked
from llmsim_adapters.dialects.assembly.tower import encoder_of
from llmsim_adapters.dialects.towers import qwen2_audio_encoder
from llmsim_adapters.dialects.types import bart

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer = replace(unrotated_attention(r), key_bias=False)
    return decoder_alone(r, mixer, inputs=(learned_positions(r),), encoder=True)


def heard(whole: Reader, r: Reader) -> Media:
    return chunked(whole, r, keeps="none", cut_off=True)


_ENCODER = qwen2_audio_encoder.DIALECT.like(
    "whisper_encoder",
    hidden_size=384,
    intermediate_size=1536,
    num_hidden_layers=4,
    num_attention_heads=6,
    num_mel_bins=80,
)

DIALECT = bart.DIALECT.like(
    "whisper",
    read=read,
    towers=encoder_of(_ENCODER, heard),
    vocab_size=51865,
    max_position_embeddings=448,
    hidden_size=384,
    num_hidden_layers=4,
    num_attention_heads=6,
    intermediate_size=1536,
    encoder_layers=4,
    encoder_attention_heads=6,
    encoder_ffn_dim=1536,
    aliases={"max_target_positions": "max_position_embeddings", "num_key_value_heads": "encoder_attention_heads"},
    costless={
        **dict.fromkeys(
            (
                "apply_spec_augment",
                "mask_feature_length",
                "mask_feature_min_masks",
                "mask_feature_prob",
                "mask_time_length",
                "mask_time_min_masks",
                "mask_time_prob",
            ),
            "training only",
        ),
        **dict.fromkeys(("max_source_positions", "num_mel_bins"), OF_ENCODER),
        **dict.fromkeys(
            ("classifier_proj_size", "use_weighted_layer_sum"), "a head for classification, which no language model has"
        ),
        "median_filter_width": "smooths word timings after the model ran",
    },
)
