"""Where the product counts otherwise than transformers allocates or torch counts, type by type, each with the reason.

What is not here is equal to the last element and the last FLOP.
"""

from __future__ import annotations

from typing import Any, Final

INCOMPLETE: Final = {
    ("deepseek_v2", "default"): "num_experts_per_tok",
    ("hunyuan_v1_dense", "default"): "head_dim",
    ("hunyuan_v1_moe", "default"): "head_dim",
    ("nemotron", "default"): "num_key_value_heads",
}
"""Cases of configs that transformers itself can't run, and the parameter that they lack."""

FUSED: Final = {
    "llava": "the class token is a vector, not a matrix of one row",
    **dict.fromkeys(("git", "kosmos-2"), "as llava"),
    "mllama": "as llava",
    "dots3_note": "the pictures' queries, keys and values are one tensor, the sound's gate and up another",
    **dict.fromkeys(
        ("got_ocr2", "interns1_pro", "qwen2_5_vl", "qwen2_vl", "qwen3_vl", "qwen3_vl_moe"),
        "the tower's queries, keys and values are one tensor",
    ),
    **dict.fromkeys(("phi3_v", "phi4mm"), "as phi3"),
    "phi4_multimodal": "as phi3",
    "fuyu": "as persimmon",
    **dict.fromkeys(("phi3", "modernbert"), "queries, keys and values are one tensor, gate and up another"),
    "glm": "gate and up are one tensor",
    "glm4": "gate and up are one tensor",
    **dict.fromkeys(
        ("glm4v", "glm4v_moe", "glm_image"), "as glm4, and the tower's queries, keys and values are one tensor"
    ),
    "minicpmv4_6": "as qwen3_5_text",
    "glm4v_text": "as glm4",
    "falcon": "queries, keys and values are one tensor",
    "RefinedWeb": "as falcon",
    "chatglm": "stands for a type with fused tensors by one whose gate and up are fused",
    "gpt2": "queries, keys and values are one tensor, and matrices are stored transposed",
    "gpt-sw3": "queries, keys and values are one tensor, and matrices are stored transposed",
    "gpt_bigcode": "queries, keys and values are one tensor",
    "gpt_neox": "queries, keys and values are one tensor",
    "gpt_neox_japanese": "queries, keys and values are one tensor",
    "codegen": "queries, keys and values are one tensor",
    "persimmon": "queries, keys and values are one tensor",
    "bloom": "queries, keys and values are one tensor",
    "mpt": "queries, keys and values are one tensor",
    "openai-gpt": "queries, keys and values are one tensor, and matrices are stored transposed",
    "moshi": "gate and up are one tensor",
    "modernbert-decoder": "gate and up are one tensor",
    "longcat_flash": "gate_up_proj has rows that nothing multiplies with (ALLOCATED)",
    "reformer": "the head has a bias that nothing adds (ALLOCATED)",
    "dory": "the factors of all heads' queries are one vector",
    "lara_mini": "the delta net's queries, keys and values are one tensor",
    "minimax_m3_vl_text": "gate and up are one tensor",
    "ernie4_5_moe": "the router's correction bias is a matrix of one row",
    "ernie4_5_vl_moe": "as ernie4_5_moe, and the tower's queries, keys and values are one tensor",
    "gpt_oss": "the experts' matrices are stored transposed",
    "gemma4_unified": "the tables of positions for both axes are one tensor whose first dimension is positions",
    "gemma3": "the pictures' projection is stored transposed; the pooling's queries, keys and values are one tensor",
    "llama4_text": "the experts' matrices are stored transposed",
    "llama4": "as llama4_text",
    "aria_text": "the experts' matrices are stored transposed",
    "zamba2": "gate and up are one tensor",
    "granitemoehybrid": "the shared expert's gate and up are one tensor",
    "granitemoeshared": "the shared expert's gate and up are one tensor",
    "granitemoe_swa": "the shared expert's gate and up are one tensor",
    "jetmoe": "keys and values are one tensor",
    "inkling_text": "the shared experts' matrices have three dimensions, and convolutions one of one",
    "dbrx": "queries, keys and values are one tensor, each matrix of all experts another",
    "qwen3_next": "queries and their gate are one tensor, and so are the delta net's projections",
    "qwen3_5_text": "queries and their gate are one tensor, and so are the delta net's queries, keys and values",
    "qwen3_5": "as qwen3_5_text",
    "qwen3_5_moe": "as qwen3_5_moe_text",
    "qwen3_5_moe_text": "queries and their gate are one tensor, and so are the delta net's queries, keys and values",
    "qwen4_exp_text": "as qwen3_5_moe_text, and the indexer's queries and key are one tensor",
    "qwen4_exp": "as qwen4_exp_text",
    "xlnet": "matrices and biases have a dimension for heads, and are stored transposed",
    "kimi_linear": "the decays of the heads have four dimensions, three of them of one",
}
"""Types whose modules join or split tensors otherwise: totals are compared, not shapes."""

FLOPS: Final[dict[str, str]] = {
    "llama4_text": "every expert runs on every token, and what was not routed there is multiplied by 0 (bmm)",
    "llama4": "as llama4_text",
    "gemma3n": "text is projected as pictures' and sound's tokens too, and what comes of it not taken (torch.where)",
    "zaya": "a token that goes to no expert runs through the first one, times 0 (masked_fill in ZayaRouter)",
    "blt": "how many patches bytes make depends on the text, and on random weights (a test of its own)",
    "qwen4_exp_text": "the indexer scores the whole blocks before each token, one by one (matmul in its QSAIndexer)",
    "qwen4_exp": "as qwen4_exp_text",
    **dict.fromkeys(
        [f"longcat_flash-{case}" for case in ("tiny-minimal", "random-1", "random-3", "random-4")],
        "the tokens say how many of their choices are identity experts; the mean share is counted (a test of its own)",
    ),
}
"""Types whose FLOPs torch counts otherwise than they are, and the operator that is not or over-counted."""

SAID_TWICE: Final = {
    *("attn_layer_period", "dense_mlp_idx", "first_k_dense_replace", "full_attention_interval"),
    *("global_attn_every_n_layers", "hybrid_override_pattern", "interleave_moe_layer_step", "layer_group_size"),
    *("max_window_layers", "moe_layer_freq", "no_rope_layer_interval", "sliding_window", "sliding_window_pattern"),
    "use_sliding_window",
}
"""Parameters that say of layers what a list says as well, which wins: random configs draw both, and differ."""

PARTIAL: Final[dict[str, tuple[str, ...]]] = {
    "blt": ("patch_size",),
    **dict.fromkeys(("gemma4_assistant", "gemma4_unified_assistant"), ("ordered_embeddings",)),
    **dict.fromkeys(("dots3_note", "phi4_multimodal"), ("audio_tower", "vision_tower")),
    **dict.fromkeys(
        ("gemma3", "interns1_pro", "llava", "qwen2_5_vl", "qwen2_vl", "qwen3_vl", "qwen3_vl_moe"), ("vision_tower",)
    ),
    **dict.fromkeys(("git", "mllama"), ("vision_tower",)),
    **dict.fromkeys(("got_ocr2", "paddleocr_vl"), ("tie_word_embeddings", "vision_tower")),
    **dict.fromkeys(("cosmos3_edge", "glm4v", "glm4v_moe", "glm_image", "idefics3", "lfm2_vl"), ("vision_tower",)),
    **dict.fromkeys(("minicpmv4_6", "mistral3", "qwen3_5", "qwen3_5_moe"), ("vision_tower",)),
    **dict.fromkeys(("llada2_moe", "llada2_moe_veomni", "sdar"), ("block_diffusion",)),
    "deepseek_v4": ("compress_ratios",),  # of more entries than layers and prediction modules, which the class cuts
    "nemotron_h": ("tie_word_embeddings",),  # true ties SGLang's class, and not transformers'
    "inkling_text": ("text_config.shared_expert_sink", "shared_expert_sink"),  # false is another router there
    **dict.fromkeys(  # whose whole's class stands for a class of the text alone, which there is not
        (
            *(
                "glm5_next_text",
                "glm4v_moe_text",
                "glm4v_text",
                "paddleocr_vl_text",
                "qwen2_5_vl_text",
                "qwen2_5_omni_text",
                "qwen2_vl_text",
                "qwen3_asr_text",
            ),
            *("qwen3_omni_moe_text", "qwen3_vl_moe_text", "qwen3_vl_text"),
        ),
        ("architectures",),
    ),
    "exaone": ("intermediate_size",),  # which two classes leave to different values
    "kimi_linear": ("linear_head_dim", "linear_num_heads"),  # which cases say twice, and not the same; so below
    "lfm2": ("intermediate_size",),
    "moss_transcribe_diarize": ("audio_tower", "tie_word_embeddings"),
    **dict.fromkeys(("qwen2_audio", "voxtral"), ("audio_tower",)),
    # whose whole says nothing where the text says other than its default, which transformers 4 went by
    "fuyu": ("tie_word_embeddings", "vision_tower"),
    **dict.fromkeys(("gemma3n", "gemma4", "gemma4_unified"), ("audio_tower", "tie_word_embeddings", "vision_tower")),
}
"""Types that cases have gaps of: a part that transformers does not say how to build, or an encoder of which
the weights are compared, and what it runs is not."""

ALLOCATED: Final[dict[str, tuple[int, tuple[str, ...], str]]] = {
    "longcat_flash": (
        2,
        ("num_double_layers", "zero_expert_num", "moe_intermediate_size", "hidden_size"),
        "gate_up_proj has rows for the identity experts too (torch.empty), which nothing multiplies with",
    ),
    "reformer": (1, ("vocab_size",), "ReformerOnlyLMHead has a bias beside that of its matrix, which nothing adds"),
}
"""Types that transformers allocates weights for which no token ever uses: how often the product of which parameters."""

MASKED: Final[dict[str, tuple[str, int | None, str]]] = {
    "deepseek_v4": ("index_topk", 1000, "eager attention multiplies with all entries and masks (matmul)"),
    "minimax_m3_vl_text": ("index_topk_blocks", 1000, "eager attention multiplies with all blocks and masks (matmul)"),
    "qwen4_exp_text": ("indexer_budget", 1000, "eager attention multiplies with all tokens and masks (matmul)"),
    "minimax": ("sliding_window", None, "MiniMaxCache keeps all tokens, and every step multiplies with all of them"),
}
"""Types whose window or chosen blocks transformers only masks: with this value of a key, compared as usual."""

IN_FULL: Final[dict[str, tuple[int, str]]] = {
    "big_bird": (
        (5 + 2 * 3) * 64,
        "as an encoder, longer inputs leave out blocks of the product (BigBirdBlockSparseAttention); a decoder has all",
    ),
}
"""Types that multiply with fewer keys than are counted beyond so many tokens, by their defaults, and how."""

POSITIONS: Final = ("indexer_position_ids",)
"""Tensors of a cache with the positions of its tokens, which follow from their number."""

STEP: Final[dict[str, str]] = {
    "rwkv": "the previous tokens (B, H) are broadcast against (B, 1, H) in extract_key_value: B rows for every token",
    "gpt_neo": "local layers multiply with all cached keys and mask them (matmul in _attn)",
    "cpmant": "CpmAntModel takes all tokens in every step and cuts off the cached ones; with one alone it fails",
}
"""Types of which a step after a prefill can't be compared, and why."""

CACHE: Final[dict[str, str]] = {
    "dory": "the caches of further loops stand behind those of all layers (a test of its own)",
    "deepseek_v4": "values are the keys, unfinished entries grow and shrink (a test of its own)",
    "rwkv": "five tensors, each with one state of all layers",
    "xlstm": "a dictionary of the states of all layers",
    "reformer": "hidden states and hashes apart; local layers keep all tokens, in reach or not (a test of its own)",
    **dict.fromkeys(
        ("falcon-random-3", "falcon-only-new_decoder_architecture", "RefinedWeb"),
        "the new decoder repeats keys and values for every query head before it caches them (broadcast_to)",
    ),
    "gpt_neo": "local layers keep all tokens in a DynamicLayer and mask them",
    "voxtral_realtime": "an encoder keeps what it heard beside it (a test of its own)",
}
"""Types whose cache transformers lays out otherwise or does not return, and how."""


BESIDE_TOWERS: Final[dict[str, tuple[str, str]]] = {
    **dict.fromkeys(
        ("diffusion_gemma", "gemma4"),
        ("pooled", "patches are averaged by a product with a matrix of weights that is made for each picture"),
    ),
    "llama4": ("last_projection", "the class projects pictures outside of the method that encodes them"),
    "nemo_speechlm": ("speakers", "who speaks is multiplied with a table of sines, which is no weight"),
    "mllama": ("mask", "the mask of padding is made by a product of two vectors of all hidden states"),
}
"""Types whose encoder's count differs by a product that is no layer's: which, and why."""

MEDIA_TEXT: Final[dict[str, str]] = {
    **dict.fromkeys(
        ("gemma3", "gemma3n", "shieldgemma2", "t5gemma2"),
        "blank lines stand around a picture, which are text that a tokenizer cuts",
    ),
    "apertus1p5": "the numbers of rows and columns stand before a picture, which are text that a tokenizer cuts",
    "chameleon": "a text ends with a token of its own",
    "emu3": "as apertus1p5, and a text begins with a token of its own",
    **dict.fromkeys(("mllama", "molmo2"), "a text begins with a token of its own"),
    **dict.fromkeys(("paligemma", "pi0"), "a prompt that ends in a line stands behind the pictures"),
    "instructblip": "the words of an instruction stand behind the pictures",
    "pp_chart2table": "the processor writes a prompt of its own, in which no text stands for rows of features",
    "shieldgemma2": "as gemma3",
}
"""Types whose processors put text around media: what becomes of media themselves is compared."""

UNTOLD_TOKENS: Final[dict[str, str]] = {
    "fuyu": "of several rows one patch too few was counted: what it becomes in all is compared, and the rows of runs",
    "pp_chart2table": "the processor takes no text, so that none stands for rows of features: runs have these",
}
"""Types of whose pictures' tokens the facts of processors don't tell."""

REFUSED_SETTINGS: Final[list[tuple[str, dict[str, Any]]]] = [("deepseek_ocr2", {"crop_to_patches": False})]
"""Settings of processors that are refused: with these, its class writes more tokens than its encoder has results."""

SAID_OF_WHOLES: Final[dict[str, dict[str, Any]]] = {"glm_ocr": {"text_config": {"attention_bias": False}}}
"""What a tiny whole model's config has to say besides: SGLang's class has biases unless it does, transformers' none."""

ENCODED_IN_CHUNKS: Final = {"nemo_speechlm": 40.0}
"""Seconds from which on a type encodes sound chunk by chunk with what it heard before: no rule counts that."""

CUT_OFF: Final[list[tuple[str, list[Any]]]] = [("voxtral", [31.0]), ("qwen3_omni_moe_thinker", [[4, 150, 260]])]
"""What was recorded otherwise than the type's own processor does it: a sound that an extractor alone cut off, and
a video in patches of its processor's default, which are not the encoder's."""
