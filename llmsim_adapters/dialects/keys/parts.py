"""Keys beside the language model's that configure another part of the model: one gap, however many keys it has."""

from __future__ import annotations

from typing import Final

_VISION: Final = (
    "drop_vision_last_layer",
    "encoder_patch_size",
    "force_image_size",
    "image_size",
    "img_processor",
    "insert_layer_id",  # MiniCPM-V 4.6 merges patches behind this layer
    "mm_vision_select_feature",
    "mm_vision_select_layer",
    "mm_vision_tower",
    "num_channels",
    "patch_size",
    "s2",  # VILA: the tower sees pictures at several sizes
    "s2_max_split_size",
    "s2_scales",
    "select_layer",
    "vision_batch_size",
    "batch_vision_input",
    "vision_encoder",
    "vision_feature_layer",
    "vision_feature_select_strategy",
    "vision_resolution",
    "vision_tower",
    "vision_tower_cfg",
)
_PROJECTOR: Final = (
    "aligner_config",  # Janus
    "compression_ratio",
    "downsample_factor",
    "downsample_ratio",
    "embd_layer",  # Phi-3-vision: how a picture's features become embeddings
    "image_seq_length",
    "merge_kernel_size",
    "merger_times",
    "mlp_connector_layers",
    "mlp_depth",  # Ming-Lite-Omni's linear_proj
    "mm_hidden_size",
    "mm_projector_cfg",
    "mm_projector_type",
    "mm_resampler_type",
    "mm_tokens_per_image",
    "multimodal_projector_bias",
    "out_hidden_size",
    "projector_bias",
    "projector_hidden_act",
    "projector_hidden_size",
    "projector_use_layernorm",
    "ps_version",  # InternVL's order of unshuffled pixels
    "query_num",  # the queries of MiniCPM-V's resampler
    "scale_factor",
    "spatial_merge_size",  # beside the language model it is that of Mistral 3's merger of patches
    "use_mm_proj",
    "vision_soft_tokens_per_image",
)

_DRAFT: Final = (
    "dflash_config",  # DFlash and DSpark: what they take of the target model, and how they predict blocks of tokens
    "num_target_layers",
)

PART_OF: Final = {
    **dict.fromkeys(_VISION, "vision_tower"),
    **dict.fromkeys(_PROJECTOR, "projector"),
    **dict.fromkeys(_DRAFT, "draft_inputs"),
    "enable_audio_output": "talker_tower",
    "gen_aligner_config": "gen_projector",  # Janus: from a picture's tokens to embeddings
    "gen_head_config": "gen_head",  # Janus: from hidden states to a picture's tokens
    **dict.fromkeys(("chroma_length", "num_chroma"), "projector"),  # MusicGen Melody: the melody before the tokens
}
"""The part that a key configures, where nobody read it."""

BESIDE: Final = (
    *("acoustic", "audio", "codec", "encoder", "image", "perceiver", "projector", "qformer", "sound", "speech"),
    *("talker", "video", "vision", "visual", "vocoder", "vq", "wav"),
)
"""What the keys of such parts' configs have in them."""


def is_tower(key: str, value: object) -> bool:
    """Whether a key holds the config of a part beside the language model, by what it is called."""
    if not isinstance(value, dict) or not key.endswith(("_config", "_encoder")):
        return False
    return any(part in key for part in BESIDE)


def tower_of(key: str) -> str:
    """Return the name of the part that a key like `vision_config` configures."""
    return f"{key.removesuffix('_config')}_tower"
