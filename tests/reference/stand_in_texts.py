"""Stand-ins for the text models of types that read pictures or sound. Tables only.

transformers has classes for most of them, without a causal-LM head of their own; that of the same parts stands in.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from . import stand_in_keys as keys
from .stand_in_keys import StandIn
from .stand_in_renamed import COMMON, EXPERTS, TIED

Facts = dict[str, Any]

BIASED: Final[Facts] = {"attention_bias": True}
WINDOWS: Final[Facts] = {"sliding_window": 12, "use_sliding_window": False, "max_window_layers": 2}
QWEN_EXPERTS: Final[Facts] = {
    "head_dim": 14,
    "attention_bias": False,
    "num_experts": 12,
    "num_experts_per_tok": 6,
    "moe_intermediate_size": 28,
    "decoder_sparse_step": 1,
    "norm_topk_prob": True,
    "mlp_only_layers": [2],
}

MISTRAL4: Final[Facts] = {
    "num_key_value_heads": 8,
    "n_routed_experts": 12,
    "num_experts_per_tok": 6,
    "n_shared_experts": 3,
    "moe_intermediate_size": 28,
    "n_group": 2,
    "topk_group": 1,
    "q_lora_rank": 20,
    "kv_lora_rank": 24,
    "qk_nope_head_dim": 14,
    "qk_rope_head_dim": 10,
    "v_head_dim": 18,
}
_INDEXER: Final[Facts] = {"index_n_heads": 6, "index_head_dim": 16, "index_topk": 5}

HY_V4: Final[Facts] = {"hc_mult": 3, **MISTRAL4, **_INDEXER}

MISTRAL_LARGE4: Final[Facts] = {key: value for key, value in MISTRAL4.items() if key != "q_lora_rank"} | {
    **_INDEXER,
    "indexer_types": ["full", "shared", "full", "shared", "full"],
    "no_rope_layers": [1, 1, 0, 0, 1],
    "kv_source_layers": [0, 0, 2, 2, 0],
}
SIXTH_SHARING: Final[Facts] = {
    "num_hidden_layers": 6,
    "first_k_dense_replace": 2,
    "indexer_types": None,
    "index_topk_freq": 2,
    "index_skip_topk_offset": 1,
    "no_rope_layers": None,
    "no_rope_layer_interval": 2,
    "kv_source_layers": [0, 1, 0, 1, 4, 1],
}

GLM5_NEXT: Final[Facts] = {key: value for key, value in HY_V4.items() if key != "qk_rope_head_dim"} | {
    "qk_rope_head_dim": 0,
    "layer_types": [*["linear_attention", "indexed_attention"] * 2, "indexed_attention"],
    "linear_num_heads": 6,
    "linear_head_dim": 22,
    "linear_conv_kernel_dim": 3,
    "index_kpool": 2,
    "index_topk": 4,
}


def ordinary(raw: Facts) -> Facts:
    """DeepSeekMoE without the keys of latent attention."""
    latent = ("use_mla", "lm_head", "rm_head", "kv_lora_rank", "q_lora_rank")
    return keys.deepseek({name: value for name, value in raw.items() if name not in latent})


def of(model_type: str, architecture: str, source: str, tiny: Facts, variants: dict[str, Facts]) -> StandIn:
    """A row whose class has the same keys."""
    difference = "None: rotary positions of several axes, and features of pictures that are added, have no weights."
    return StandIn(
        model_type=model_type,
        architecture=architecture,
        difference=difference,
        source=source,
        tiny=tiny,
        variants=variants | {"tied": TIED},
    )


def own(model_type: str, architecture: str, tiny: Facts, variants: dict[str, Facts]) -> StandIn:
    """A row whose class is transformers' own, for all of the model."""
    return StandIn(
        model_type=model_type,
        architecture=architecture,
        difference="None: it is the class of the type, which is not among those of causal language models.",
        source=f"transformers 5.24.0: models/{model_type}",
        tiny=tiny,
        variants=variants | {"tied": TIED},
        whole=True,
    )


def of_text(row: StandIn) -> StandIn:
    """A row whose class runs words alone by its text model."""
    return replace(row, edits=keys.run_by_text)


def of_sound(row: StandIn) -> StandIn:
    """A row whose class runs with sound in every step."""
    return replace(row, edits=keys.run_with_sound)


def weighed(row: StandIn) -> StandIn:
    """A row of whose class the weights alone are compared here; the variant with a tied head is that without."""
    variants = {name: each for name, each in row.variants.items() if name != "tied"}
    return replace(row, weights_alone=True, variants=variants)


def inner(model_type: str, tiny: Facts) -> Facts:
    """A text model's config inside that of the whole."""
    names = ("vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads")
    sizes = {name: COMMON[name] for name in (*names, "num_key_value_heads", "hidden_act", "rms_norm_eps")}
    axes: Facts = {"rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [3, 2, 2]}}
    return {"model_type": model_type} | sizes | tiny | axes


def given(raw: Facts) -> Facts:
    """A config without the keys that are null."""
    return {key: value for key, value in raw.items() if value is not None}


NESTED: Final[Facts] = dict.fromkeys(name for name in COMMON if name not in ("tie_word_embeddings", "torch_dtype"))
FLAT: Final[Facts] = WINDOWS | {
    "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 2, 2]}
}
_PATCHES: Final[Facts] = {"depth": 3, "num_heads": 4, "patch_size": 7, "temporal_patch_size": 2}
VISION_2: Final[Facts] = _PATCHES | {"embed_dim": 32, "hidden_size": 96, "mlp_ratio": 3, "spatial_merge_size": 2}
VISION_2_5: Final[Facts] = _PATCHES | {
    "hidden_size": 32,
    "out_hidden_size": 96,
    "intermediate_size": 44,
    "spatial_merge_size": 2,
    "window_size": 28,
    "fullatt_block_indexes": [1],
}
VISION_3: Final[Facts] = _PATCHES | {
    "hidden_size": 32,
    "out_hidden_size": 96,
    "intermediate_size": 44,
    "spatial_merge_size": 2,
    "num_position_embeddings": 25,
    "deepstack_visual_indexes": [0, 1],
}

VISION_GLM4V: Final[Facts] = _PATCHES | {
    "hidden_size": 32,
    "out_hidden_size": 96,
    "intermediate_size": 44,
    "image_size": 28,
    "spatial_merge_size": 2,
    "attention_bias": False,
}

PICTURES: Final[Facts] = {
    "hidden_size": 32,
    "intermediate_size": 44,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "image_size": 28,
    "patch_size": 7,
}
SOUND: Final[Facts] = {
    "model_type": "qwen2_audio_encoder",
    "d_model": 32,
    "encoder_ffn_dim": 44,
    "encoder_layers": 3,
    "encoder_attention_heads": 4,
    "num_mel_bins": 10,
    "max_source_positions": 50,
}
FRAMES: Final[Facts] = {
    "model_type": "voxtral_encoder",
    "hidden_size": 32,
    "intermediate_size": 44,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_mel_bins": 10,
    "max_source_positions": 50,
}

STREAMED: Final[Facts] = {
    "model_type": "voxtral_realtime_encoder",
    "hidden_size": 32,
    "intermediate_size": 44,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "head_dim": 6,
    "num_mel_bins": 10,
    "sliding_window": 20,
}

QWEN3_VL: Final = "transformers 5.24.0: models/qwen3_vl/modeling_qwen3_vl.py, Qwen3VLTextModel"
QWEN2_VL: Final = "transformers 5.24.0: models/qwen2_vl/modeling_qwen2_vl.py, Qwen2VLTextModel"
GLM4V: Final = "transformers 5.24.0: models/glm4v/modeling_glm4v.py, Glm4vTextModel"
PADDLE: Final = "transformers 5.24.0: models/paddleocr_vl/modeling_paddleocr_vl.py, PaddleOCRTextModel"
ERNIE: Final[Facts] = {"head_dim": 14, "use_bias": False}
UNTIED: Final[Facts] = {"tie_word_embeddings": False}
USE_BIAS: Final[Facts] = {"use_bias": True}
QWEN3: Final[Facts] = {"head_dim": 14, "attention_bias": False}
GLM4: Final[Facts] = {"attention_bias": True, "partial_rotary_factor": 0.5}

GLM4V_EXPERTS: Final[Facts] = {
    "attention_bias": True,
    "n_routed_experts": 12,
    "num_experts_per_tok": 6,
    "n_shared_experts": 1,
    "moe_intermediate_size": 28,
    "first_k_dense_replace": 1,
    "n_group": 1,
    "topk_group": 1,
}
HALF_ROTATED: Final[Facts] = {
    "rope_parameters": {
        "rope_type": "default",
        "rope_theta": 10000.0,
        "mrope_section": [1, 1, 1],
    }
}
PICTURES_GLM: Final[Facts] = {
    "hidden_size": 32,
    "intermediate_size": 44,
    "depth": 3,
    "num_heads": 4,
    "image_size": 28,
    "patch_size": 7,
    "attention_bias": True,
}
LFM2: Final[Facts] = {
    "conv_L_cache": 3,
    "conv_bias": False,
    "block_auto_adjust_ff_dim": False,
    "layer_types": ["conv", "full_attention", "conv", "conv", "full_attention"],
}
SIGLIP_2: Final[Facts] = {
    "hidden_size": 32,
    "intermediate_size": 44,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_channels": 3,
    "num_patches": 16,
    "patch_size": 7,
    "vision_use_head": False,
}
COSMOS3: Final[Facts] = {key: SIGLIP_2[key] for key in SIGLIP_2 if key != "vision_use_head"} | {
    "model_type": "cosmos3_edge_vision",
    "spatial_merge_size": 2,
}
QWEN3_5: Final[Facts] = {
    "head_dim": 12,
    "attention_bias": False,
    "linear_num_key_heads": 4,
    "linear_num_value_heads": 8,
    "linear_key_head_dim": 10,
    "linear_value_head_dim": 14,
    "linear_conv_kernel_dim": 3,
    "full_attention_interval": 4,
}

VQ: Final[Facts] = {
    "base_channels": 32,
    "channel_multiplier": [1, 2, 3],
    "num_res_blocks": 2,
    "resolution": 64,
    "latent_channels": 12,
    "embed_dim": 20,
    "num_embeddings": 40,
}
CODES: Final[Facts] = {"<image>": 5, **{f"IMGIMG{letter}Z": 6 + n for n, letter in enumerate("ABCDEFGH")}}

PER_LAYER: Final = ("layer_types", "per_layer_config")
CANVAS: Final[Facts] = {key: said for key, said in inner("diffusion_gemma_text", {}).items() if key != "hidden_act"} | {
    "head_dim": 12,
    "num_experts": 6,
    "top_k_experts": 2,
    "moe_intermediate_size": 28,
    "sliding_window": 8,
    "layer_types": ["sliding_attention", "full_attention", *["sliding_attention"] * 2, "full_attention"],
    "per_layer_config": {f"{layer:02}": {"head_dim": 20, "num_key_value_heads": 2} for layer in (1, 4)},
    "attention_bias": False,
    "hidden_activation": "gelu_pytorch_tanh",
    "final_logit_softcapping": 30.0,
    "rope_parameters": {
        kind: {"rope_type": "default", "rope_theta": 10000.0} for kind in ("sliding_attention", "full_attention")
    },
}
GEMMA4_VISION: Final[Facts] = {key: said for key, said in PICTURES.items() if key != "image_size"} | {
    "model_type": "gemma4_vision",
    "num_key_value_heads": 4,
    "head_dim": 8,
    "pooling_kernel_size": 2,
    "position_embedding_size": 30,
}

KOSMOS: Final[Facts] = {
    "vocab_size": 131,
    "embed_dim": 96,
    "layers": 5,
    "ffn_dim": 100,
    "attention_heads": 8,
    "activation_function": "gelu",
    "max_position_embeddings": 64,
}
KOSMOS_2: Final[Facts] = KOSMOS | {"model_type": "kosmos_2_text_model"}
KOSMOS_2_5: Final[Facts] = KOSMOS | {"model_type": "kosmos_2_5_text_model"}
PIX2STRUCT: Final[Facts] = {
    "hidden_size": 32,
    "patch_embed_hidden_size": 147,
    "intermediate_size": 44,
    "head_dim": 10,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "max_num_patches": 40,
}

MOLMO2: Final[Facts] = {"head_dim": 14, "attention_bias": False, "additional_vocab_size": 9}
MOLMO2_VISION: Final[Facts] = {
    **{key: PICTURES[key] for key in ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads")},
    "num_key_value_heads": 4,
    "head_dim": 8,
    "image_size": [126, 126],
    "patch_size": 7,
}
MOLMO2_ADAPTER: Final[Facts] = {
    "hidden_size": 32,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "head_dim": 10,
    "intermediate_size": 52,
    "text_hidden_size": 96,
    "vision_feature_layer": [2, 0],
}

ERNIE_VL: Final[Facts] = inner(
    "ernie4_5_vl_moe_text",
    {"use_bias": False, "moe_num_experts": 12, "moe_k": 6, "moe_num_shared_experts": 3}
    | {"moe_intermediate_size": [28, 20]},
) | {"rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 2, 2]}}
ERNIE_VISION: Final[Facts] = {
    "hidden_size": 32,
    "intermediate_size": 44,
    "depth": 3,
    "num_heads": 4,
    "patch_size": 7,
    "spatial_merge_size": 2,
    "temporal_merge_size": 2,
}

MUSE_SPARK: Final[Facts] = {
    "head_dim": 14,
    "attention_bias": False,
    "sliding_window": 9,
    "num_local_experts": 12,
    "num_experts_per_tok": 6,
    "moe_intermediate_size": 28,
    "moe_hidden_size": 36,
}
MUSE_VISION: Final[Facts] = {
    "hidden_size": 32,
    "intermediate_size": 44,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "patch_size": 7,
    "pos_emb_height": 4,
    "pos_emb_width": 4,
    "max_position_embeddings": 16,
}
MUSE_AUDIO: Final[Facts] = {
    "num_hidden_layers": 3,
    "patch_sizes": [4, 3, 2],
    "hidden_sizes": [12, 20, 28],
    "depths": [1, 2, 1],
    "mlp_ratio": 2.0,
    "conv_kernel_size": 5,
    "out_hidden_size": 96,
}

GEMMA_TEXT: Final[Facts] = {
    "model_type": "gemma",
    "vocab_size": 131,
    "hidden_size": 96,
    "intermediate_size": 100,
    "num_hidden_layers": 3,
    "num_attention_heads": 8,
    "num_key_value_heads": 2,
    "head_dim": 14,
}
SEEING: Final[Facts] = {
    "model_type": "paligemma",
    "text_config": GEMMA_TEXT,
    "vision_config": PICTURES | {"model_type": "siglip_vision_model", "vision_use_head": False, "projection_dim": 96},
    "projection_dim": 96,
    "image_token_id": 5,
}
ACTING: Final[Facts] = GEMMA_TEXT | {"hidden_size": 60, "intermediate_size": 70, "num_attention_heads": 4}

GLM4V_TEXT: Final = StandIn(
    model_type="glm4",
    architecture="Glm4vForConditionalGeneration",
    difference="Heads of hidden_size / num_attention_heads; rotary positions of several axes have no weights.",
    source=GLM4V,
    tiny=GLM4,
    variants={"other-sizes": {"hidden_size": 120, "num_attention_heads": 10, "num_key_value_heads": 2}, "tied": TIED},
    translate=lambda raw: raw | {"head_dim": raw["hidden_size"] // raw["num_attention_heads"]},
)

TEXTS: Final = {
    "pi0": weighed(
        own(
            "pi0",
            "PI0ForConditionalGeneration",
            NESTED
            | {"tie_word_embeddings": None, "vlm_config": SEEING, "dit_config": ACTING}
            | {"chunk_size": 5, "max_action_dim": 12, "max_state_dim": 9},
            {"wider": {"dit_config": ACTING | {"hidden_size": 72}, "max_action_dim": 20}},
        )
    ),
    "kosmos-2": of_text(
        own(
            "kosmos-2",
            "Kosmos2ForConditionalGeneration",
            NESTED | {"text_config": KOSMOS_2, "vision_config": PICTURES, "latent_query_num": 3},
            {"crossing": {"text_config": KOSMOS_2 | {"add_cross_attention": True}}},
        )
    ),
    "kosmos-2.5": of_text(
        own(
            "kosmos-2.5",
            "Kosmos2_5ForConditionalGeneration",
            NESTED | {"text_config": KOSMOS_2_5, "vision_config": PIX2STRUCT, "latent_query_num": 3},
            {"more-queries": {"latent_query_num": 7}},
        )
    ),
    "diffusion_gemma": weighed(
        own(
            "diffusion_gemma",
            "DiffusionGemmaForBlockDiffusion",
            NESTED
            | {"tie_word_embeddings": True, "vision_config": GEMMA4_VISION, "canvas_length": 6}
            | {"text_config": CANVAS},
            {
                "one-window": {
                    "text_config": {key: said for key, said in CANVAS.items() if key not in PER_LAYER}
                    | {"global_head_dim": 16, "num_global_key_value_heads": 4}
                },
            },
        )
    ),
    "chameleon": own(
        "chameleon",
        "ChameleonForConditionalGeneration",
        {"attention_bias": False, "mlp_bias": False, "vq_config": VQ, "vocabulary_map": CODES},
        {
            "biases": {"attention_bias": True, "mlp_bias": True},
            "norms-behind": {"swin_norm": True},
            "attending": {"vq_config": VQ | {"attn_resolutions": [32, 16], "num_res_blocks": 1}},
            "another-base": {"vq_config": VQ | {"channel_multiplier": [2, 1], "attn_type": "none"}},
        },
    ),
    "qwen3_vl_text": of("qwen3", "Qwen3VLForConditionalGeneration", QWEN3_VL, QWEN3, {"biases": BIASED}),
    "qwen3_asr_text": of("qwen3", "Qwen3ASRForConditionalGeneration", QWEN3_VL, QWEN3, {"biases": BIASED}),
    "qwen3_vl_moe_text": of(
        "qwen3_moe",
        "Qwen3VLMoeForConditionalGeneration",
        "transformers 5.24.0: models/qwen3_vl_moe/modeling_qwen3_vl_moe.py, Qwen3VLMoeTextModel",
        QWEN_EXPERTS,
        {"biases": BIASED, "dense-layers": {"mlp_only_layers": [1, 3]}, "every-second": {"decoder_sparse_step": 2}},
    ),
    "qwen3_omni_moe_text": of(
        "qwen3_moe",
        "Qwen3OmniMoeForConditionalGeneration",
        "transformers 5.24.0: models/qwen3_omni_moe/modeling_qwen3_omni_moe.py, Qwen3OmniMoeThinkerTextModel",
        QWEN_EXPERTS | WINDOWS | {"use_qk_norm": True, "shared_expert_intermediate_size": 0},
        {"biases": BIASED, "dense-layers": {"mlp_only_layers": [1, 3]}, "every-second": {"decoder_sparse_step": 2}},
    ),
    "granite4_vision_text": of(
        "granite",
        "Granite4VisionForConditionalGeneration",
        "transformers 5.24.0: models/granite4_vision/modular_granite4_vision.py, Granite4VisionTextModel",
        {"attention_bias": False, "mlp_bias": False},
        {"biases": BIASED | {"mlp_bias": True}},
    ),
    "qwen2_5_omni_text": of(
        "qwen2",
        "Qwen2_5OmniForConditionalGeneration",
        "transformers 5.24.0: models/qwen2_5_omni/modeling_qwen2_5_omni.py, Qwen2_5OmniThinkerTextModel",
        WINDOWS,
        {},
    ),
    "qwen2_vl_text": of("qwen2", "Qwen2VLForConditionalGeneration", QWEN2_VL, WINDOWS, {}),
    "qwen2_vl": own("qwen2_vl", "Qwen2VLForConditionalGeneration", FLAT | {"vision_config": VISION_2}, {}),
    "hy_v4_vl_text": of(
        "hy_v4",
        "HYV4VLForConditionalGeneration",
        "transformers 5.24.0: models/hy_v4_vl/modular_hy_v4_vl.py, HYV4VLTextModel",
        HY_V4,
        {"biases": BIASED, "dense-layers": {"mlp_layer_types": ["sparse", "dense", "sparse", "dense", "sparse"]}},
    ),
    "hunyuan_vl_text": of(
        "hunyuan_v1_dense",
        "HunYuanVLForConditionalGeneration",
        "transformers 5.24.0: models/hunyuan_vl/modular_hunyuan_vl.py, HunYuanVLTextModel",
        {"head_dim": 14, "attention_bias": False},
        {"biases": BIASED},
    ),
    "deepseek_ocr2_text": StandIn(
        model_type="glm4_moe",
        architecture="DeepseekOcr2ForConditionalGeneration",
        difference="Experts chosen by softmax without groups: elementwise; no correction bias, edited out.",
        source="transformers 5.24.0: models/deepseek_ocr2/modular_deepseek_ocr2.py, DeepseekOcr2TextModel",
        tiny={
            "n_routed_experts": 12,
            "num_experts_per_tok": 6,
            "n_shared_experts": 3,
            "moe_intermediate_size": 28,
            "first_k_dense_replace": 1,
            "attention_bias": False,
            "norm_topk_prob": False,
            "scoring_func": "softmax",
        },
        variants={"biases": BIASED, "two-dense": {"first_k_dense_replace": 2}, "tied": TIED},
        translate=keys.deepseek,
        edits=keys.deepseek_edits,
    ),
    "glm5_next_text": StandIn(
        model_type="glm5_next",
        architecture="Glm5NextForConditionalGeneration",
        difference="None: it is the class of the whole model, without its encoder of pictures.",
        source="transformers 5.24.0: models/glm5_next/modeling_glm5_next.py, Glm5NextTextModel",
        tiny=GLM5_NEXT,
        variants={
            "biases": BIASED,
            "dense-layers": {"mlp_layer_types": ["sparse", "dense", "sparse", "dense", "sparse"]},
            "taking": {
                "layer_types": ["linear_attention", *["indexed_attention"] * 4],
                "indexer_types": ["shared", "full", "shared", "full", "shared"],
            },
            "without-tail": {"index_kpool_always_select_tail": False, "index_kpool": 3, "index_topk": 6},
            "tied": TIED,
        },
        translate=keys.beside_pictures,
        edits=keys.without_pictures,
        whole=True,
    ),
    "qwen2_5_vl_text": of("qwen2", "Qwen2_5_VLForConditionalGeneration", QWEN2_VL, WINDOWS, {}),
    "qwen2_5_vl": own("qwen2_5_vl", "Qwen2_5_VLForConditionalGeneration", FLAT | {"vision_config": VISION_2_5}, {}),
    "qwen3_vl": own(
        "qwen3_vl",
        "Qwen3VLForConditionalGeneration",
        NESTED | {"text_config": inner("qwen3_vl_text", QWEN3), "vision_config": VISION_3},
        {"one-merger": {"vision_config": VISION_3 | {"deepstack_visual_indexes": [1]}}},
    ),
    "qwen3_vl_moe": own(
        "qwen3_vl_moe",
        "Qwen3VLMoeForConditionalGeneration",
        NESTED | {"text_config": inner("qwen3_vl_moe_text", QWEN_EXPERTS), "vision_config": VISION_3},
        {},
    ),
    "interns1_pro": StandIn(
        model_type="qwen3_vl_moe",
        architecture="InternS1ProForConditionalGeneration",
        by_class="Qwen3VLMoeForConditionalGeneration",
        difference="Experts chosen in groups: elementwise.",
        source="SGLang 0.5.23: sglang/srt/models/interns1pro.py",
        tiny=NESTED
        | {
            "text_config": inner("qwen3_vl_moe_text", QWEN_EXPERTS | {"router_n_groups": 2}),
            "vision_config": VISION_3,
        },
        variants={"tied": TIED},
        whole=True,
    ),
    "glm4v_text": GLM4V_TEXT,
    "glm4v": own(
        "glm4v",
        "Glm4vForConditionalGeneration",
        NESTED | {"text_config": inner("glm4v_text", GLM4) | HALF_ROTATED, "vision_config": VISION_GLM4V},
        {"biases": {"vision_config": VISION_GLM4V | {"attention_bias": True}}},
    ),
    "glm4v_moe_text": of(
        "glm4_moe",
        "Glm4vMoeForConditionalGeneration",
        "transformers 5.23.0: models/glm4v_moe/modeling_glm4v_moe.py, Glm4vMoeTextModel",
        GLM4V_EXPERTS,
        {"no-biases": {"attention_bias": False}},
    ),
    "glm4v_moe": own(
        "glm4v_moe",
        "Glm4vMoeForConditionalGeneration",
        NESTED | {"text_config": inner("glm4v_moe_text", GLM4V_EXPERTS) | HALF_ROTATED, "vision_config": VISION_GLM4V},
        {},
    ),
    "glm_image": own(
        "glm_image",
        "GlmImageForConditionalGeneration",
        NESTED
        | {"text_config": inner("glm_image_text", GLM4 | {"vision_vocab_size": 117, "pad_token_id": 0}) | HALF_ROTATED}
        | {"vision_config": PICTURES_GLM, "vq_config": {"embed_dim": 20, "num_embeddings": 40, "latent_channels": 32}},
        {"no-biases": {"vision_config": PICTURES_GLM | {"attention_bias": False}}},
    ),
    "idefics3": own(
        "idefics3",
        "Idefics3ForConditionalGeneration",
        NESTED
        | {"text_config": inner("llama", {"head_dim": 14, "pad_token_id": 0})}
        | {"vision_config": PICTURES, "scale_factor": 2, "pad_token_id": 0},
        {},
    ),
    "lfm2_vl": own(
        "lfm2_vl",
        "Lfm2VlForConditionalGeneration",
        NESTED
        | {"text_config": inner("lfm2", LFM2), "vision_config": SIGLIP_2 | {"model_type": "siglip2_vision_model"}}
        | {
            "downsample_factor": 2,
            "projector_hidden_size": 52,
            "projector_bias": True,
            "projector_use_layernorm": True,
        },
        {
            "no-biases": {"projector_bias": False, "projector_use_layernorm": False},
            "pooled": {"vision_config": SIGLIP_2 | {"model_type": "siglip2_vision_model", "vision_use_head": True}},
        },
    ),
    "mistral3": own(
        "mistral3",
        "Mistral3ForConditionalGeneration",
        NESTED
        | {"text_config": inner("mistral", {"head_dim": 14, "sliding_window": None})}
        | {"vision_config": PICTURES | {"model_type": "pixtral"}, "spatial_merge_size": 2}
        | {"vision_feature_layer": -1, "multimodal_projector_bias": False},
        {
            "biases": {"multimodal_projector_bias": True},
            "two-layers": {"vision_feature_layer": [-2, -1]},
            "latents": {"text_config": inner("mistral4", MISTRAL4) | {"rope_parameters": None}},
            "direct-queries": {
                "text_config": inner("mistral4", MISTRAL4) | {"rope_parameters": None, "q_lora_rank": None}
            },
        },
    ),
    "mistral_large4": own(
        "mistral_large4",
        "MistralLarge4ForConditionalGeneration",
        NESTED
        | {"text_config": inner("mistral_large4_text", MISTRAL_LARGE4)}
        | {"vision_config": PICTURES | {"model_type": "pixtral"}, "spatial_merge_size": 2}
        | {"vision_feature_layer": -1, "multimodal_projector_bias": False},
        {
            "biases": {"text_config": inner("mistral_large4_text", MISTRAL_LARGE4 | BIASED)},
            "own-latents": {
                "text_config": given(
                    inner("mistral_large4_text", MISTRAL_LARGE4 | {"kv_source_layers": None, "no_rope_layers": None})
                )
            },
            "by-numbers": {"text_config": given(inner("mistral_large4_text", MISTRAL_LARGE4 | SIXTH_SHARING))},
            "by-pattern": {
                "text_config": given(
                    inner(
                        "mistral_large4_text",
                        MISTRAL_LARGE4 | {"indexer_types": None, "index_topk_pattern": "FSSFS", "index_topk": 30},
                    )
                )
            },
            "dense-layers": {
                "text_config": inner(
                    "mistral_large4_text",
                    MISTRAL_LARGE4 | {"mlp_layer_types": ["sparse", "dense", "sparse", "dense", "sparse"]},
                )
            },
        },
    ),
    "mistral4": own(
        "mistral4",
        "Mistral4ForCausalLM",
        MISTRAL4 | {"first_k_dense_replace": 1},
        {
            "biases": BIASED,
            "usual-queries": {"q_lora_rank": None},
            "all-experts": {"first_k_dense_replace": 0},
            "without-shared": {"n_shared_experts": 0},
        },
    ),
    "minicpmv4_6": own(
        "minicpmv4_6",
        "MiniCPMV4_6ForConditionalGeneration",
        NESTED
        | {"text_config": inner("qwen3_5_text", QWEN3_5), "vision_config": PICTURES}
        | {"merge_kernel_size": [2, 2], "merger_times": 1},
        {"twice": {"merger_times": 2}},
    ),
    "cosmos3_edge": own(
        "cosmos3_edge",
        "Cosmos3EdgeForConditionalGeneration",
        NESTED
        | {"text_config": inner("cosmos3_edge_text", {"head_dim": 14}) | {"hidden_act": "relu2"}}
        | {"vision_config": COSMOS3, "projector_hidden_size": 52},
        {},
    ),
    "llava": own(
        "llava",
        "LlavaForConditionalGeneration",
        NESTED
        | {"text_config": inner("llama", {}), "vision_config": PICTURES | {"model_type": "clip_vision_model"}}
        | {"vision_feature_layer": -2, "multimodal_projector_bias": True},
        {
            "two-layers": {"vision_feature_layer": [-2, -1]},
            "no-biases": {"multimodal_projector_bias": False},
            "tied-inside": {"text_config": inner("llama", TIED)},
        },
    ),
    "qwen2_audio": own(
        "qwen2_audio",
        "Qwen2AudioForConditionalGeneration",
        NESTED | {"text_config": inner("qwen2", WINDOWS), "audio_config": SOUND},
        {},
    ),
    "voxtral": own(
        "voxtral",
        "VoxtralForConditionalGeneration",
        NESTED | {"text_config": inner("llama", {"head_dim": 14}), "audio_config": FRAMES},
        {},
    ),
    "voxtral_realtime": of_sound(
        own(
            "voxtral_realtime",
            "VoxtralRealtimeForConditionalGeneration",
            NESTED
            | {"text_config": inner("voxtral_realtime_text", {"head_dim": 14, "sliding_window": None})}
            | {"audio_config": STREAMED, "tie_word_embeddings": True},
            {
                "windows": {"text_config": inner("voxtral_realtime_text", {"head_dim": 14, "sliding_window": 6})},
                "filled": {"text_config": inner("voxtral_realtime_text", {})},
                "fewer-frames": {
                    "downsample_factor": 2,
                    "audio_length_per_tok": 4,
                    "audio_config": STREAMED | {"head_dim": 10, "sliding_window": 750},
                },
                "untied": UNTIED,
            },
        )
    ),
    "ernie4_5_vl_moe": own(
        "ernie4_5_vl_moe",
        "Ernie4_5_VLMoeForConditionalGeneration",
        NESTED | {"text_config": ERNIE_VL, "vision_config": ERNIE_VISION},
        {
            "biases": {"text_config": ERNIE_VL | USE_BIAS},
            "dense-layers": {
                "text_config": ERNIE_VL | {"mlp_layer_types": ["sparse", "dense", "sparse", "dense", "sparse"]}
            },
            "without-shared": {"text_config": ERNIE_VL | {"moe_num_shared_experts": 0}},
            "larger-merges": {"vision_config": ERNIE_VISION | {"spatial_merge_size": 3, "temporal_merge_size": 3}},
        },
    ),
    "muse_spark": own(
        "muse_spark",
        "MuseSparkForConditionalGeneration",
        NESTED
        | {"text_config": inner("muse_spark_text", MUSE_SPARK), "vision_config": MUSE_VISION}
        | {"audio_config": MUSE_AUDIO, "out_hidden_size": 128, "projector_hidden_size": 56},
        {
            "biases": {"text_config": inner("muse_spark_text", MUSE_SPARK | BIASED)},
            "dense-layers": {
                "text_config": inner(
                    "muse_spark_text",
                    MUSE_SPARK | {"mlp_layer_types": ["sparse", "dense", "sparse", "dense", "sparse"]},
                )
            },
            "all-full": {"text_config": inner("muse_spark_text", MUSE_SPARK | {"layer_types": ["full_attention"] * 5})},
            "two-stages": {
                "audio_config": MUSE_AUDIO
                | {"num_hidden_layers": 2, "patch_sizes": [5, 3], "hidden_sizes": [20, 30], "depths": [3, 1]}
                | {"mlp_ratio": 1.5, "conv_kernel_size": 4}
            },
        },
    ),
    "molmo2": own(
        "molmo2",
        "Molmo2ForConditionalGeneration",
        NESTED
        | {"text_config": inner("molmo2_text", MOLMO2), "vision_config": MOLMO2_VISION}
        | {"adapter_config": MOLMO2_ADAPTER},
        {
            "biases": {"text_config": inner("molmo2_text", MOLMO2 | BIASED)},
            "norms-after-of-all-heads": {
                "text_config": inner("molmo2_text", MOLMO2 | {"qk_norm_type": "olmo", "norm_after": True})
            },
            "one-layer-without-biases": {
                "vision_config": MOLMO2_VISION | {"attention_bias": False, "num_key_value_heads": 2},
                "adapter_config": MOLMO2_ADAPTER
                | {"attention_bias": False, "vision_feature_layer": [-1], "mlp_bias": True, "num_key_value_heads": 2},
            },
        },
    ),
    "paddleocr_vl_text": of("ernie4_5", "PaddleOCRVLForConditionalGeneration", PADDLE, ERNIE, {"biases": USE_BIAS}),
    "paddleocr_vl": own(
        "paddleocr_vl",
        "PaddleOCRVLForConditionalGeneration",
        NESTED
        | {"text_config": inner("paddleocr_vl_text", ERNIE | UNTIED)}
        | {"vision_config": PICTURES | {"model_type": "paddleocr_vl_vision", "spatial_merge_size": 2}},
        {"biases-and-tied-inside": {"text_config": inner("paddleocr_vl_text", ERNIE | USE_BIAS)}},
    ),
    "phi3_v": of(
        "phi3", "Phi3VForCausalLM", "microsoft/Phi-3-vision-128k-instruct: config.json", {"sliding_window": 12}, {}
    ),
    "phi4mm": of(
        "phi3",
        "Phi4MMForCausalLM",
        "microsoft/Phi-4-multimodal-instruct: config.json",
        {"sliding_window": 12, "lm_head_bias": False, "mlp_bias": False, "attention_bias": False},
        {},
    ),
    "minicpmv": of(
        "llama",
        "MiniCPMV",
        "SGLang 0.5.23: sglang/srt/models/minicpmv.py, MiniCPMV4_0; openbmb/MiniCPM-V-2: config.json",
        {"attention_bias": False, "mlp_bias": False, "head_dim": 14},
        {"biases": BIASED, "older": {"scale_emb": 12, "scale_depth": 1.4, "dim_model_base": 256, "head_dim": None}},
    ),
    "deepseek_vl_v2": StandIn(
        model_type="glm4_moe",
        architecture="DeepseekOCRForCausalLM",
        difference="Experts chosen by softmax without groups: elementwise; no correction bias, edited out.",
        source="SGLang 0.5.23: sglang/srt/models/deepseek_ocr.py, deepseek.py",
        tiny={name: EXPERTS[name] for name in ("num_experts_per_tok", "moe_intermediate_size", "first_k_dense_replace")}
        | {"n_routed_experts": 12, "n_shared_experts": 3, "use_mla": False, "lm_head": True, "rm_head": False}
        | {"attention_bias": False, "kv_lora_rank": None, "q_lora_rank": None},
        variants={"two-dense": {"first_k_dense_replace": 2}, "tied": TIED},
        translate=ordinary,
        edits=keys.deepseek_edits,
    ),
}
