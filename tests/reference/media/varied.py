"""Other shapes of some types' encoders: patches, mergers, windows, layers that are read, heads that are left out."""

from __future__ import annotations

from typing import Any, Final

from .types import IMAGES, SOUNDS, square

SMALL: Final = ([(150, 260)], [(150, 260), (420, 300)])
"""The batches."""

FILMS: Final = ([(5, 300, 500)], [(4, 150, 260), (9, 64, 96)])
"""Videos whose frames are no multiple of what attends together, and two that differ."""

QWEN: Final[dict[str, Any]] = {
    "image": {"patch_size": 10, "merge_size": 3},
    "video": {"patch_size": 10, "merge_size": 3},
    "config": {"vision_config.patch_size": 10, "vision_config.spatial_merge_size": 3},
}

PICTURES: Final[dict[str, dict[str, Any]]] = {
    "aya_vision": {"config": {"vision_feature_layer": -2, "adapter_layer_norm_eps": 1e-5}},
    "cohere2_vision": {
        "config": {"vision_config.vision_use_head": False, "vision_config.image_size": 256},
        "image": {**square(256), "patch_size": 8},
    },
    "deepseek_vl": {"config": {"vision_config.vision_use_head": False}},
    "ernie4_5_vl_moe": {
        "config": {"vision_config.patch_size": 10},
        "image": {"patch_size": 10},
        "video": {"patch_size": 10},
    },
    "exaone4_5": {**QWEN, "config": QWEN["config"] | {"vision_config.window_size": 120}},
    "gemma3": {
        "config": {"vision_config.image_size": 448, "mm_tokens_per_image": 64, "vision_config.vision_use_head": False},
        "image": square(448),
        "own": {"image_seq_length": 64},
    },
    "gemma4": {
        "config": {"vision_config.pooling_kernel_size": 2},
        "image": {"max_soft_tokens": 140, "pooling_kernel_size": 2},
    },
    "glm4v": QWEN,
    "glm_ocr": QWEN,
    "granite4_vision": {
        "config": {
            "downsample_rate": "3/6",
            "deepstack_layer_map": [[-2, 0], [1, 1]],
            "spatial_target_layers": [0, 1, 1],
            "qformer_config.num_hidden_layers": 3,
            "qformer_config.cross_attention_frequency": 2,
        },
        "own": {"downsample_rate": "3/6"},
    },
    "idefics2": {
        "config": {"perceiver_config.resampler_n_latents": 20, "perceiver_config.resampler_depth": 2},
        "own": {"image_seq_len": 20},
    },
    "idefics3": {"config": {"scale_factor": 13}, "own": {"image_seq_len": 4}},
    "inkling_mm_model": {
        "config": {"vision_config.n_layers": 7, "vision_config.patch_size": 24},
        "image": {"size": {"height": 24, "width": 24}, "rescale_image_frac": 1.5},
    },
    "instructblip": {
        "config": {"qformer_config.cross_attention_frequency": 1, "num_query_tokens": 5},
        "own": {"num_query_tokens": 5},
        "word": "".join([f"<word{number}>" for number in range(23)]),
    },
    "internvl": {
        "config": {
            "vision_config.image_size": [224, 224],
            "vision_config.patch_size": [16, 16],
            "vision_feature_layer": -2,
            "vision_config.use_qk_norm": True,
        },
        "image": square(224),
        "own": {"image_seq_length": 49},
    },
    "kimi_k25": {"config": {"vision_config.merge_kernel_size": [3, 3]}, "image": {"merge_size": 3}},
    "lfm2_vl": {
        "config": {"vision_config.vision_use_head": False},
        "image": {"max_image_tokens": 100, "tile_size": 256},
    },
    "llama4": {
        "config": {"vision_config.image_size": 224, "vision_config.patch_size": 28},
        "own": {"patch_size": 28},
        "image": square(224),
    },
    "llava": {
        "config": {"vision_feature_layer": [-1, 1], "vision_feature_select_strategy": "full"},
        "own": {"vision_feature_select_strategy": "full"},
    },
    "llava_next": {
        "config": {"vision_feature_layer": [-1, 1], "image_grid_pinpoints": [[336, 1008], [672, 672]]},
        "image": {"image_grid_pinpoints": [[336, 1008], [672, 672]]},
    },
    "llava_onevision": {"config": {"vision_feature_layer": [-2, 1]}},
    "minicpmv4_6": {
        "config": {"downsample_mode": "4x", "vision_config.insert_layer_id": 0, "insert_layer_id": 0},
        "image": {"downsample_mode": "4x"},
    },
    "mistral3": {
        "config": {"spatial_merge_size": 3, "vision_config.patch_size": 16},
        "own": {"patch_size": 16, "spatial_merge_size": 3},
    },
    "mllama": {
        "config": {
            "vision_config.image_size": 224,
            "vision_config.max_num_tiles": 2,
            "vision_config.supported_aspect_ratios": [[1, 1], [1, 2], [2, 1]],
            "vision_config.num_global_layers": 2,
        },
        "image": {**square(224), "max_image_tiles": 2},
    },
    "molmo2": {"config": {"adapter_config.vision_feature_layer": [1]}, "image": {"max_crops": 3}},
    "ovis2": {"config": {"vision_config.hidden_stride": 1}, "own": {"image_seq_length": 1024}},
    "paddleocr_vl": {"config": {"vision_config.patch_size": 10}, "image": {"patch_size": 10}},
    "paligemma": {"config": {"vision_config.image_size": 448}, "image": {**square(448), "image_seq_length": 1024}},
    "qwen2_5_vl": {
        **QWEN,
        "config": QWEN["config"] | {"vision_config.window_size": 90, "vision_config.fullatt_block_indexes": [0, 2]},
    },
    "qwen2_vl": QWEN,
    "qwen3_5": QWEN,
    "qwen3_vl": {**QWEN, "config": QWEN["config"] | {"vision_config.deepstack_visual_indexes": [1]}},
    "smolvlm": {"config": {"scale_factor": 13}, "own": {"image_seq_len": 4}},
    "unlimited_ocr": {"image": {"crop_to_patches": False}},
    "video_llama_3": {"image": {"merge_size": 2}},
}
"""What each is beside its tiny model of `types.py`."""

HEARD: Final[dict[str, dict[str, Any]]] = {
    "apertus1p5": {
        "config": {
            "audio_config.compress": 4,
            "audio_config.norm_type": "time_group_norm",
            "audio_config.num_lstm_layers": 1,
            "audio_config.num_residual_layers": 2,
            "audio_config.upsampling_ratios": [3, 4, 2],
            "audio_config.use_causal_conv": True,
            "audio_config.use_conv_shortcut": False,
        },
        "audio": {"hop_length": 24},
    },
    "canary": {
        "config": {
            "encoder_config.subsampling_factor": 4,
            "encoder_config.subsampling_conv_kernel_size": 5,
            "encoder_config.convolution_bias": False,
        },
    },
    "dots3_note": {"audio": {"chunk_length": 3}},
    "fun_asr_nano": {
        "config": {
            "adaptor_config.intermediate_size": 12,
            "audio_config.fsmn_kernel_size": 4,
            "audio_config.num_mel_bins": 8,
            "audio_config.num_stacked_frames": 5,
            "audio_config.num_timestamp_prediction_layers": 1,
        },
        "audio": {"feature_size": 8, "num_frames_lfr": 5, "stride_lfr": 3, "frame_shift": 12},
    },
    "gemma3n": {
        "config": {
            "audio_config.conf_attention_chunk_size": 8,
            "audio_config.conf_attention_context_left": 7,
            "audio_config.conf_attention_context_right": 3,
            "audio_config.conf_reduction_factor": 2,
            "audio_config.sscp_conv_kernel_size": [[5, 3], [3, 3]],
            "audio_soft_tokens_per_image": 400,
        },
        "own": {"audio_seq_length": 400},
    },
    "gemma4": {"config": {"audio_config.attention_chunk_size": 8, "audio_config.attention_context_left": 9}},
    "granite_speech": {
        "config": {"encoder_config.context_size": 50, "window_size": 12, "downsample_rate": 4},
        "audio": {"projector_window_size": 12, "projector_downsample_rate": 4},
    },
    "muse_spark": {
        "config": {
            "audio_config.num_hidden_layers": 3,
            "audio_config.patch_sizes": [10, 8, 12],
            "audio_config.hidden_sizes": [32, 48, 20],
            "audio_config.depths": [1, 3, 2],
            "audio_config.conv_kernel_size": 4,
            "audio_config.mlp_ratio": 1.5,
        },
        "audio": {"samples_per_token": 960},
    },
    "nemo_speechlm": {
        "config": {
            "audio_config.asr_config.hidden_act": "relu",
            "audio_config.asr_config.subsampling_factor": 4,
            "audio_config.diarization_config.audio_config.subsampling_factor": 4,
            "audio_config.diarization_config.head_config.hidden_size": 24,
            "audio_config.diarization_config.head_config.num_speakers": 3,
            "audio_config.diarization_config.head_config.subsampling_factor": 4,
            "audio_config.diarization_config.streaming_config.num_speakers": 3,
            "audio_config.diarization_config.streaming_config.subsampling_factor": 4,
            "audio_config.diarization_config.chunk_length": 800,
        },
        "own": {"subsampling_factor": 4},
    },
    "nemotron_h_omni": {
        "config": {"audio_config.subsampling_factor": 4, "audio_config.conv_kernel_size": 5},
        "own": {"audio_subsampling_factor": 4},
    },
    "omniasr": {
        "config": {
            "audio_config.conv_bias": False,
            "audio_config.conv_dim": [20, 24, 28],
            "audio_config.conv_kernel": [11, 4, 3],
            "audio_config.conv_stride": [6, 8, 7],
            "audio_config.num_conv_pos_embeddings": 6,
            "audio_config.num_conv_pos_embedding_groups": 4,
        },
        "own": {"conv_kernel": [11, 4, 3], "conv_stride": [6, 8, 7]},
    },
    "qwen2_5_omni_thinker": {"config": {"audio_config.n_window": 30}},
    "qwen3_omni_moe_thinker": {"config": {"audio_config.n_window_infer": 200}},
    "whisper": {"config": {"max_source_positions": 750}, "audio": {"chunk_length": 15}},
}


def joined(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return a type's spec with what is other here."""
    parts = {
        key: {**base.get(key, {}), **value} if isinstance(value, dict) else value for key, value in changes.items()
    }
    return {key: value for key, value in base.items() if key != "more"} | parts | {"batches": SMALL}


FILMED: Final[dict[str, dict[str, Any]]] = {
    "gemma4": {"video": {"max_soft_tokens": 140, "pooling_kernel_size": 3}},
    "internvl": {"video": square(448)},
    "kimi_k25": {"video": {"max_patches": 200}},
    "nemotron_h_omni": {"video": {"norm_mean": [0.5] * 3, "norm_std": [0.5] * 3, "video_target_num_patches": 500}},
    "smolvlm": {"video": {"max_image_size": {"longest_edge": 364}}},
    "video_llama_3": {"video": {"size": {"shortest_edge": 28 * 28 * 16, "longest_edge": 28 * 28 * 300}}},
}
"""What some of the types that take videos are set to for them."""

VARIED: Final = {name: joined(IMAGES[name], changes) for name, changes in PICTURES.items()}
VARIED_VIDEOS: Final = {
    name: joined(spec, FILMED.get(name, {})) | {"batches": FILMS}
    for name, spec in IMAGES.items()
    if "films" not in spec
}
VARIED_SOUNDS: Final = {name: joined(SOUNDS[name], changes) for name, changes in HEARD.items()}
