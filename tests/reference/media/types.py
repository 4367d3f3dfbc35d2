"""What each type's tiny model and processor need beside the defaults of their classes, as published checkpoints say it.

`config`: keys of the config by path; `image`, `video`, `audio`: settings of those processors; `own`: the processor's
own; `names`: classes that transformers' tables lack; `word`: what stands for a picture in a text.
"""

from __future__ import annotations

from typing import Any, Final

CLIP: Final = {"vision_config.image_size": 336, "vision_config.patch_size": 14}
SIGLIP: Final = {"vision_config.image_size": 384, "vision_config.patch_size": 14}
GEMMA3: Final = {"vision_config.image_size": 896, "vision_config.patch_size": 14}
SQUARE_336: Final = {"size": {"shortest_edge": 336}, "crop_size": {"height": 336, "width": 336}}
PATCH_16: Final = {"patch_size": 16}
QWEN3_VL: Final[dict[str, Any]] = {
    "image": PATCH_16,
    "video": PATCH_16,
    "config": {"vision_config.deepstack_visual_indexes": [0, 1]},
}


LARGE: Final = ([(900, 1300)],)
"""One more picture, for types that cut only large ones."""

SLOW: Final = ([(150, 260)], [(150, 260), (420, 300)])
"""The batches of types whose encoders have no layers to leave out."""


def square(side: int) -> dict[str, Any]:
    """Return the setting of a fixed size."""
    return {"size": {"height": side, "width": side}}


IMAGES: Final[dict[str, dict[str, Any]]] = {
    "apertus1p5": {"config": {"audio_config.codebook_dim": 40, "text_config.vocab_size": 270000}},
    "aria": {"config": {"vision_config.image_size": 980, "vision_config.patch_size": 14}},
    "aya_vision": {
        "config": {"vision_config.image_size": 364},
        "image": square(364),
        "own": {"patch_size": 14, "downsample_factor": 2},
    },
    "blip-2": {"word": "", "each": True, "image": square(224), "own": {"num_query_tokens": 32}},
    "chameleon": {
        "config": {
            "vocabulary_map": {"<image>": 5, **{f"IMGIMG{letter}Z": 6 + n for n, letter in enumerate("ABCDEFGH")}},
            "vq_config.num_embeddings": 8,
        }
    },
    "cohere2_vision": {},
    "cohere_compass": {
        "lacks": ("image_token_id", "video_token_id", "vision_start_token_id", "vision_end_token_id"),
        "image": PATCH_16,
        "config": {
            "text_config.rope_parameters": {
                kind: {"rope_theta": 10000.0, "rope_type": "default"}
                for kind in ("full_attention", "sliding_attention")
            },
            "vision_config.deepstack_visual_indexes": [0, 1],
        },
    },
    "cosmos3_edge": {"config": {"text_config.rope_parameters.mrope_section": [2, 2, 2]}},
    "cosmos3_omni": {**QWEN3_VL, "names": {"processor": "Qwen3VLProcessor"}},
    "deepseek_ocr2": {
        "more": LARGE,
        "config": {
            "text_config.mlp_layer_types": ["dense", "sparse"],
            "vision_config.sam_config.downsample_channels": [24, 40],
        },
    },
    "deepseek_vl": {"config": SIGLIP | {"vision_config.patch_size": 16}},
    "deepseek_vl_hybrid": {"config": SIGLIP | {"vision_config.patch_size": 16}},
    "diffusion_gemma": {
        "config": {
            "vision_config.position_embedding_size": 300,
            "text_config.num_experts": 4,
            "text_config.top_k_experts": 2,
            "text_config.moe_intermediate_size": 28,
        },
        "names": {
            "image": "Gemma4ImageProcessor",
            "video": "Gemma4VideoProcessor",
            "audio": "Gemma4AudioFeatureExtractor",
        },
    },
    "dots3_note": {
        "image": {"temporal_patch_size": 1},
        "config": {
            "text_config.num_key_value_heads": 4,
            "vision_config.per_layer_config": {},
            "vision_config.adapter_in_dim": 32,
            "vision_config.adapter_out_dim": 48,
            "audio_config.adapter_input_size": 40,
            "audio_config.adapter_out_dim": 48,
            "vision_config.mlp_layer_types": ["dense", "sparse", "dense"],
        },
    },
    "emu3": {
        "batches": SLOW,
        "config": {
            "vocabulary_map": {
                "<image>": 5,
                "<|extra_200|>": 6,
                **{f"<|visual token {n:06}|>": 7 + n for n in range(8)},
            },
            "vq_config.codebook_size": 8,
            "vq_config.base_channels": 32,
            "vq_config.hidden_size": 128,
        },
    },
    "ernie4_5_vl_moe": {
        "video": {"draw_on_frames": False},
        "config": {"text_config.rope_parameters.mrope_section": [2, 2, 2]},
    },
    "exaone4_5": {},
    "fast_vlm": {
        "batches": SLOW,
        "config": {"vision_config.hidden_size": 3072},
        "names": {"processor": "LlavaProcessor", "image": "CLIPImageProcessor"},
        "image": {"size": {"shortest_edge": 1024}, "crop_size": {"height": 1024, "width": 1024}},
        "own": {"patch_size": 64},
    },
    "florence2": {
        "apart": "no text",
        "batches": SLOW,
        "image": {"size": {"height": 768, "width": 768}, "do_center_crop": False},
        "without_text": True,
    },
    "fuyu": {"word": "", "apart": "its processor breaks each row of patches"},
    "gemma3": {"config": GEMMA3, "image": square(896)},
    "gemma3n": {
        "batches": SLOW,
        "config": {
            "text_config.intermediate_size": 52,
            "text_config.activation_sparsity_pattern": [0.0, 0.0],
            "text_config.num_kv_shared_layers": 0,
            "vision_config.hidden_size": 2048,
        },
        "image": square(768),
    },
    "gemma4": {
        "config": {
            "vision_config": {
                "model_type": "gemma4_vision",
                "hidden_size": 32,
                "intermediate_size": 44,
                "num_hidden_layers": 3,
                "num_attention_heads": 4,
                "num_key_value_heads": 4,
                "head_dim": 8,
                "position_embedding_size": 300,
            }
        }
    },
    "gemma4_unified": {"config": {"vision_config": {}}},
    "glm46v": {},
    "glm4v": {},
    "glm4v_moe": {"names": {"image": "Glm4vImageProcessor", "video": "Glm4vVideoProcessor"}},
    "glm5_next": {"config": {"text_config.num_key_value_heads": 4}},
    "glm_ocr": {
        "names": {
            "processor": "Glm46VProcessor",
            "image": "Glm46VImageProcessor",
            "video": "Glm46VVideoProcessor",
        }
    },
    "glmga": {"names": {"processor": "Glm46VProcessor"}},
    "got_ocr2": {"image": square(1024)},
    "granite4_vision": {
        "apart": "each stream of features, one a projector, has its rows",
        "config": CLIP
        | {
            "downsample_rate": "4/8",
            "deepstack_layer_map": [[-2, 0]],
            "spatial_target_layers": [1],
            "qformer_config.encoder_hidden_size": 64,
            "qformer_config.hidden_size": 64,
            "vision_config.hidden_size": 64,
        },
        "image": SQUARE_336,
        "own": {
            "patch_size": 14,
            "vision_feature_select_strategy": "default",
            "num_additional_image_tokens": 1,
            "downsample_rate": "4/8",
        },
    },
    "granite_docling": {},
    "hunyuan_vl": {"config": {"text_config.head_dim": 12}, "word": "<image_start_token><image_token><image_end_token>"},
    "hy_v4_vl": {"config": {"text_config.num_key_value_heads": 4}},
    "hyperclovax_vision_v2": {},
    "idefics2": {},
    "idefics3": {
        "config": {"vision_config.image_size": 364, "vision_config.patch_size": 14},
        "own": {"image_seq_len": 169},
    },
    "inkling2": {"config": {"vision_config.text_hidden_size": 48}},
    "inkling2_loop": {"config": {"vision_config.text_hidden_size": 48}},
    "inkling_mm_model": {"config": {"vision_config.text_hidden_size": 48, "vision_config.n_layers": 4}},
    "instructblip": {"word": "x", "each": True, "image": square(224), "own": {"num_query_tokens": 32}},
    "instructblipvideo": {
        "word": "<x>" * 7,
        "each": True,
        "films": "images",
        "video": square(224),
        "own": {"num_query_tokens": 32},
        "batches": ([(4, 150, 260)], [(4, 150, 260), (4, 420, 300)]),
        "architecture": "InstructBlipVideoForConditionalGeneration",
    },
    "internvl": {"image": square(448)},
    "janus": {},
    "kimi_k25": {"config": {"projection_hidden_size": 32, "text_config.num_key_value_heads": 4}},
    "kosmos-2": {
        "names": {"processor": "Kosmos2Processor"},
        "without_text": True,
        "apart": "no text",
    },
    "kosmos-2.5": {
        "names": {"processor": "Kosmos2_5Processor"},
        "without_text": True,
        "apart": "no text",
    },
    "lfm2_vl": {"more": LARGE},
    "lfm3_vl": {"image": PATCH_16},
    "lighton_ocr": {"image": {"patch_size": 14}, "own": {"patch_size": 14, "spatial_merge_size": 2}},
    "llama4": {
        "config": {
            "vision_config.image_size": 336,
            "vision_config.intermediate_size": 128,
            "vision_config.projector_input_dim": 56,
            "vision_config.projector_output_dim": 56,
            "vision_config.vision_output_dim": 56,
        }
    },
    "llava": {
        "config": CLIP,
        "image": SQUARE_336,
        "own": {"patch_size": 14, "vision_feature_select_strategy": "default", "num_additional_image_tokens": 1},
    },
    "llava_next": {
        "config": CLIP,
        "image": SQUARE_336,
        "own": {"patch_size": 14, "vision_feature_select_strategy": "default", "num_additional_image_tokens": 1},
    },
    "llava_next_video": {
        "video": SQUARE_336,
        "config": CLIP,
        "image": SQUARE_336,
        "own": {"patch_size": 14, "vision_feature_select_strategy": "default", "num_additional_image_tokens": 1},
    },
    "llava_onevision": {
        "config": SIGLIP,
        "image": square(384),
        "own": {"num_image_tokens": 729, "vision_feature_select_strategy": "full"},
    },
    "minicpm_ocr": {
        "more": LARGE,
        "image": PATCH_16,
        "video": PATCH_16,
        "config": {"vision_config.insert_layer_id": 1, "insert_layer_id": 1},
    },
    "minicpmv4_6": {
        "more": LARGE,
        "image": PATCH_16,
        "video": PATCH_16,
        "config": {"vision_config.insert_layer_id": 1, "insert_layer_id": 1},
    },
    "minicpmv4_7": {
        "more": LARGE,
        "image": PATCH_16,
        "video": PATCH_16,
        "config": {"vision_config.insert_layer_id": 1, "insert_layer_id": 1},
    },
    "minimax_m3_vl": {},
    "mistral3": {"own": {"patch_size": 14, "spatial_merge_size": 2}},
    "mistral_large4": {
        "config": {"text_config.kv_source_layers": "-", "text_config.num_key_value_heads": 4},
        "own": {"patch_size": 14, "spatial_merge_size": 2},
    },
    "mllama": {
        "apart": "the text has one token, and its cross attention sees all rows",
        "config": {"vision_config.intermediate_layers_indices": [0, 1], "vision_config.vision_output_dim": 96},
        "image": square(448),
    },
    "molmo2": {
        "config": {
            "adapter_config.vision_feature_layer": [2, 1],
            "adapter_config.text_hidden_size": 48,
            "adapter_config.hidden_size": 32,
            "adapter_config.head_dim": 8,
            "adapter_config.num_key_value_heads": 4,
        }
    },
    "muse_glimmer": {"config": {"out_hidden_size": 128, "projector_hidden_size": 56}},
    "muse_spark": {
        "config": {"audio_config.num_hidden_layers": 4, "out_hidden_size": 128, "projector_hidden_size": 56}
    },
    "nemotron_h_omni": {"names": {"audio": "ParakeetFeatureExtractor"}, "config": {"vision_hidden_size": 32}},
    "ovis2": {"config": {"vision_config.image_size": 448, "vision_config.hidden_stride": 2}, "image": square(448)},
    "paddleocr_vl": {},
    "paligemma": {
        "each": True,
        "config": {"vision_config.image_size": 224, "vision_config.patch_size": 14},
        "image": {"image_seq_length": 256},
    },
    "perception_lm": {
        "config": {
            "vision_config.architecture": "vit_pe_core_large_patch14_336",
            "vision_config.model_args": {
                "embed_dim": 32,
                "depth": 3,
                "num_heads": 4,
                "img_size": [448, 448],
                "ref_feat_shape": [32, 32],
                "global_pool": "",
                "use_post_transformer_norm": False,
                "init_values": 0.1,
            },
            "projector_pooling_ratio": 2,
        },
        "own": {"patch_size": 14},
    },
    "phi4_multimodal": {},
    "pi0": {"word": ""},
    "pp_chart2table": {"apart": "its processor writes its own prompt and takes no text"},
    "qianfan_ocr": {"image": square(448), "word": "<image>"},
    "qwen2_5_omni_thinker": {
        "names": {
            "processor": "Qwen2_5OmniProcessor",
            "image": "Qwen2VLImageProcessor",
            "video": "Qwen2VLVideoProcessor",
            "audio": "WhisperFeatureExtractor",
        }
    },
    "qwen2_5_vl": {"config": {"vision_config.fullatt_block_indexes": [1]}},
    "qwen2_vl": {},
    "qwen3_5": {"image": PATCH_16},
    "qwen3_5_moe": {"image": PATCH_16},
    "qwen3_omni_moe_thinker": {
        **QWEN3_VL,
        "names": {
            "processor": "Qwen3OmniMoeProcessor",
            "image": "Qwen2VLImageProcessor",
            "video": "Qwen2VLVideoProcessor",
            "audio": "WhisperFeatureExtractor",
        },
    },
    "qwen3_vl": QWEN3_VL,
    "qwen3_vl_moe": {**QWEN3_VL, "names": {"image": "Qwen2VLImageProcessor"}},
    "qwen4_exp": {"image": PATCH_16, "config": {"text_config.num_experts_per_tok": 2}},
    "shieldgemma2": {
        "config": GEMMA3,
        "names": {"processor": "Gemma3Processor"},
        "image": square(896),
        "batches": SLOW,
    },
    "smolvlm": {
        "config": {"vision_config.image_size": 364, "vision_config.patch_size": 14},
        "own": {"image_seq_len": 169},
    },
    "step3p7": {},
    "t5gemma2": {"config": {f"encoder.{key}": value for key, value in GEMMA3.items()}, "image": square(896)},
    "unlimited_ocr": {
        "more": LARGE,
        "config": {
            "vision_config.encoder_config.hidden_size": 40,
            "vision_config.sam_config.downsample_channels": [24, 40],
        },
    },
    "video_llama_3": {"config": {"vision_config.patch_size": 14}},
    "video_llava": {
        "own": {"patch_size": 14, "vision_feature_select_strategy": "default", "num_additional_image_tokens": 1}
    },
    "vipllava": {
        "config": CLIP | {"vision_feature_layers": [-2, -3, 1]},
        "image": SQUARE_336,
        "own": {"patch_size": 14, "vision_feature_select_strategy": "default", "num_additional_image_tokens": 1},
    },
}
"""The types that see."""

MEL_128: Final[dict[str, Any]] = {"audio": {"feature_size": 128}}
"""What checkpoints say of a `WhisperFeatureExtractor`, whose class has 80 bins."""

SOUNDS: Final[dict[str, dict[str, Any]]] = {
    "audioflamingo3": {
        **MEL_128,
        "call": {"padding": "max_length"},
        "architecture": "AudioFlamingo3ForConditionalGeneration",
    },
    "canary": {"audio": {"feature_size": 128}},
    "cohere_asr": {"audio": {"feature_size": 128}, "call": {"language": "en"}},
    "dots3_note": IMAGES["dots3_note"],
    "apertus1p5": IMAGES["apertus1p5"],
    "fun_asr_nano": {"config": {"adaptor_config.intermediate_size": 12}},
    "gemma3n": {**IMAGES["gemma3n"], "apart": "the model pads to audio_soft_tokens_per_image after its encoder"},
    "gemma4": {
        "apart": "a batch is padded to its longest sound; the mask leaves the padding out",
        "config": {
            "audio_config": {
                "model_type": "gemma4_audio",
                "hidden_size": 40,
                "num_hidden_layers": 3,
                "num_attention_heads": 4,
                "output_proj_dims": 36,
            }
        },
    },
    "gemma4_unified": {
        "apart": "a batch is padded to its longest sound; the mask leaves the padding out",
        "config": {"audio_config": {}},
    },
    "glmasr": {**MEL_128, "call": {"padding": "max_length"}, "config": {"audio_config.intermediate_size": 160}},
    "granite_speech": {
        "apart": "a batch is padded to its longest sound; the mask leaves the padding out",
        "config": {"projector_config.encoder_hidden_size": 40},
    },
    "granite_speech_plus": {
        "apart": "a batch is padded to its longest sound; the mask leaves the padding out",
        "config": {"projector_config.encoder_hidden_size": 40},
    },
    "inkling_mm_model": IMAGES["inkling_mm_model"],
    "moonshine": {},
    "moss_transcribe_diarize": {},
    "muse_spark": IMAGES["muse_spark"],
    "musicflamingo": {
        "config": {"audio_token_id": 10},
        **MEL_128,
        "call": {"padding": "max_length"},
        "architecture": "MusicFlamingoForConditionalGeneration",
        "names": {"audio": "WhisperFeatureExtractor", "processor": "MusicFlamingoProcessor"},
    },
    "nemo_speechlm": {
        "config": {
            "audio_config.diarization_config.head_config.audio_hidden_size": 40,
            "word_timestamp_config.blank_token_id": 0,
            "word_timestamp_config.num_key_value_heads": 4,
            "text_config.hybrid_override_pattern": "M*E",
            "text_config.mamba_num_heads": 8,
            "text_config.mamba_head_dim": 12,
            "text_config.moe_shared_expert_intermediate_size": 20,
            "text_config.num_key_value_heads": 4,
        },
        "audio": {"feature_size": 128},
    },
    "nemotron_h_omni": {
        **IMAGES["nemotron_h_omni"],
        "config": {
            "vision_hidden_size": 32,
            "audio_config": {
                "model_type": "parakeet_encoder",
                "hidden_size": 40,
                "intermediate_size": 36,
                "num_hidden_layers": 3,
                "num_attention_heads": 4,
                "num_key_value_heads": 4,
                "num_mel_bins": 128,
                "projection_hidden_size": 56,
                "projection_bias": False,
            },
        },
        "audio": {"feature_size": 128},
    },
    "omniasr": {"config": {"audio_config.num_conv_pos_embedding_groups": 8}},
    "phi4_multimodal": {
        "apart": "a batch is padded to its longest sound; the mask leaves the padding out",
        "config": {
            "audio_config.nemo_conv_channels": 40,
            "audio_config.ext_pw_out_channel": 40,
            "audio_config.depthwise_separable_out_channel": 40,
        },
    },
    "qwen2_5_omni_thinker": {**IMAGES["qwen2_5_omni_thinker"], **MEL_128},
    "qwen2_audio": {**MEL_128, "apart": "the model keeps the rows of the true length after its projector"},
    "qwen3_asr": {},
    "qwen3_omni_moe_thinker": {**IMAGES["qwen3_omni_moe_thinker"], **MEL_128},
    "speech_to_text": {},
    "voxtral": {**MEL_128, "config": {"audio_config.intermediate_size": 160}, "without_text": True},
    "whisper": {"call": {"padding": "max_length"}},
}
"""The types that hear."""

SECONDS: Final = (0.05, 0.5, 1.0, 2.0, 7.31, 29.99, 30.0, 30.01, 45.5, 61.0)
"""Lengths of sounds."""
