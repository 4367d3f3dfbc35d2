"""What is stored otherwise than in the checkpoint, and what is stored beside it."""

from __future__ import annotations

from typing import Final

from llmsim_adapters.engines.rules import Scales, Store

STORAGE: Final = (
    Store(
        name="padded vocabulary",
        source="layers/vocab_parallel_embedding.py, pad_vocab_size",
        tensors=("embedding.weight", "head.weight"),
        rows_to=64,
    ),
    Store(
        name="float32 decay",
        source="models/qwen3_next.py, models/nemotron_h.py: A_log",
        tensors=("gated_delta_net.A_log", "mamba2.A_log", "kimi_delta_attention.A_log"),
        dtype="float32",
    ),
    Store(
        name="float32 router",
        source="models/glm4_moe.py, models/minimax_m2.py, models/bailing_moe.py: gate",
        tensors=("mixture_of_experts.router",),
        architectures=frozenset({"Glm4MoeForCausalLM", "Glm4MoeLiteForCausalLM", "MiniMaxM2ForCausalLM"}),
        dtype="float32",
        note="routers are kept in float32",
    ),
    Store(
        name="whole biases of experts' results",
        source="layers/quantization/unquant.py: w2_weight_bias",
        tensors=("mixture_of_experts.experts.down_proj.bias",),
        over="experts",
    ),
    Scales(
        name="blocks of 128 are whole",
        source="layers/quantization/fp8.py, validate_block_quant_shapes",
        schemes=("fp8_block",),
        whole_blocks=True,
    ),
    Scales(
        name="scales of a rank's part",
        source="layers/quantization/",
        schemes=("fp8_channel", "fp8_tensor", "int8_channel", "packed_int", "awq", "gptq", "nvfp4", "mxfp4"),
    ),
)
