"""Whisper's decoder: learned positions, norms before the mixers, keys without a bias. Source: `WhisperConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.classic import unrotated_attention
from llmsim_adapters.dialects.decoders import decoder_alone
from llmsim_adapters.dialects.ends import learned_positions
from llmsim_adapters.dialects.types import bart

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer = replace(unrotated_attention(r), key_bias=False)
    return decoder_alone(r, mixer, inputs=(learned_positions(r),))


DIALECT = bart.DIALECT.like(
    "whisper",
    read=read,
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
        **dict.fromkeys(
            ("max_source_positions", "num_mel_bins"), "of the encoder, which a decoder by itself does not have"
        ),
        **dict.fromkeys(
            ("classifier_proj_size", "use_weighted_layer_sum"), "a head for classification, which no language model has"
        ),
        "median_filter_width": "smooths word timings after the model ran",
    },
)
