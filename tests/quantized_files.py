"""Tiny quantized checkpoints as each method's own software writes them, by `safetensors` itself.

Which tensors stand for a matrix is restated here from that software, apart from the package's table: AutoAWQ's
`WQLinear_GEMM`, GPTQModel's packed layers, compressed-tensors' `pack-quantized`, `nvfp4-pack-quantized` and
`float-quantized`, Model Optimizer's export, transformers' fp8 and mxfp4 files, bitsandbytes' `Linear4bit` and `8bitLt`.
"""

from __future__ import annotations

import json
from math import prod
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Tensor = tuple[str, str, tuple[int, ...]]
"""Name, format by torch's name, shape."""

BYTES: Final = {"int32": 4, "float32": 4, "int64": 8, "bfloat16": 2, "float16": 2}

LLAMA: Final[dict[str, Any]] = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "dtype": "float16",
    "hidden_size": 128,
    "intermediate_size": 256,
    "num_attention_heads": 8,
    "num_hidden_layers": 2,
    "num_key_value_heads": 2,
    "vocab_size": 320,
    "tie_word_embeddings": False,
}
MIXTURE: Final[dict[str, Any]] = {
    **LLAMA,
    "architectures": ["Qwen3MoeForCausalLM"],
    "model_type": "qwen3_moe",
    "head_dim": 16,
    "moe_intermediate_size": 64,
    "num_experts": 4,
    "num_experts_per_tok": 2,
}


def matrices(config: dict[str, Any]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the modules of all linear layers but the head, with outputs and inputs."""
    hidden, width = config["hidden_size"], config["intermediate_size"]
    head = config.get("head_dim", hidden // config["num_attention_heads"])
    queries, keys = config["num_attention_heads"] * head, config["num_key_value_heads"] * head
    for layer in range(config["num_hidden_layers"]):
        at = f"model.layers.{layer}"
        yield f"{at}.self_attn.q_proj", (queries, hidden)
        yield f"{at}.self_attn.k_proj", (keys, hidden)
        yield f"{at}.self_attn.v_proj", (keys, hidden)
        yield f"{at}.self_attn.o_proj", (hidden, queries)
        experts = range(config.get("num_experts", 0))
        for module in [f"{at}.mlp.experts.{number}" for number in experts] or [f"{at}.mlp"]:
            inner = config["moe_intermediate_size"] if experts else width
            yield f"{module}.gate_proj", (inner, hidden)
            yield f"{module}.up_proj", (inner, hidden)
            yield f"{module}.down_proj", (hidden, inner)


def others(config: dict[str, Any]) -> Iterator[Tensor]:
    """Yield what no method quantizes."""
    dtype, hidden = config.get("dtype") or config["torch_dtype"], config["hidden_size"]
    yield "model.embed_tokens.weight", dtype, (config["vocab_size"], hidden)
    yield "lm_head.weight", dtype, (config["vocab_size"], hidden)
    yield "model.norm.weight", dtype, (hidden,)
    for layer in range(config["num_hidden_layers"]):
        at = f"model.layers.{layer}"
        yield f"{at}.input_layernorm.weight", dtype, (hidden,)
        yield f"{at}.post_attention_layernorm.weight", dtype, (hidden,)
        if "num_experts" in config:
            yield f"{at}.mlp.gate.weight", dtype, (config["num_experts"], hidden)
        if config["model_type"].startswith("qwen3"):
            yield f"{at}.self_attn.q_norm.weight", dtype, (config["head_dim"],)
            yield f"{at}.self_attn.k_norm.weight", dtype, (config["head_dim"],)


def fp8_block(m: str, rows: int, columns: int) -> list[Tensor]:
    down, across = -(-rows // 32), -(-columns // 32)
    return [(f"{m}.weight", "float8_e4m3fn", (rows, columns)), (f"{m}.weight_scale_inv", "float32", (down, across))]


def fp8_channel(m: str, rows: int, columns: int) -> list[Tensor]:
    return [(f"{m}.weight", "float8_e4m3fn", (rows, columns)), (f"{m}.weight_scale", "float16", (rows, 1))]


def int8_channel(m: str, rows: int, columns: int, dtype: str = "float16") -> list[Tensor]:
    return [(f"{m}.weight", "int8", (rows, columns)), (f"{m}.weight_scale", dtype, (rows, 1))]


def pack_quantized(m: str, rows: int, columns: int) -> list[Tensor]:
    return [
        (f"{m}.weight_packed", "int32", (rows, columns // 8)),
        (f"{m}.weight_scale", "float16", (rows, columns // 32)),
        (f"{m}.weight_shape", "int64", (2,)),
    ]


def pack_quantized_asymmetric(m: str, rows: int, columns: int) -> list[Tensor]:
    return [
        *pack_quantized(m, rows, columns),
        (f"{m}.weight_zero_point", "int32", (rows // 8, columns // 32)),
        (f"{m}.weight_g_idx", "int32", (columns,)),
    ]


def gptq(m: str, rows: int, columns: int) -> list[Tensor]:
    return [
        (f"{m}.qweight", "int32", (columns // 8, rows)),
        (f"{m}.qzeros", "int32", (columns // 32, rows // 8)),
        (f"{m}.scales", "float16", (columns // 32, rows)),
        (f"{m}.g_idx", "int32", (columns,)),
    ]


def awq(m: str, rows: int, columns: int, dtype: str = "float16", size: int = 32) -> list[Tensor]:
    return [
        (f"{m}.qweight", "int32", (columns, rows // 8)),
        (f"{m}.qzeros", "int32", (columns // size, rows // 8)),
        (f"{m}.scales", dtype, (columns // size, rows)),
    ]


def modelopt_fp8(m: str, rows: int, columns: int) -> list[Tensor]:
    cache = {"k_proj": "k_scale", "v_proj": "v_scale"}.get(m.rpartition(".")[2])
    return [
        (f"{m}.weight", "float8_e4m3fn", (rows, columns)),
        (f"{m}.weight_scale", "float32", ()),
        (f"{m}.input_scale", "float32", ()),
        *([(f"{m}.{cache}", "float32", ())] if cache else []),
    ]


def modelopt_nvfp4(m: str, rows: int, columns: int) -> list[Tensor]:
    return [
        (f"{m}.weight", "uint8", (rows, columns // 2)),
        (f"{m}.weight_scale", "float8_e4m3fn", (rows, columns // 16)),
        (f"{m}.weight_scale_2", "float32", ()),
        (f"{m}.input_scale", "float32", ()),
    ]


def nvfp4_pack_quantized(m: str, rows: int, columns: int) -> list[Tensor]:
    return [
        (f"{m}.weight_packed", "uint8", (rows, columns // 2)),
        (f"{m}.weight_scale", "float8_e4m3fn", (rows, columns // 16)),
        (f"{m}.weight_global_scale", "float32", (1,)),
        (f"{m}.input_global_scale", "float32", (1,)),
    ]


def mxfp4_linear(m: str, rows: int, columns: int) -> list[Tensor]:
    return [
        (f"{m}.weight", "uint8", (rows, columns // 2)),
        (f"{m}.weight_scale", "uint8", (rows, columns // 32)),
    ]


def bnb_8bit(m: str, rows: int, columns: int) -> list[Tensor]:
    return [
        (f"{m}.weight", "int8", (rows, columns)),
        (f"{m}.SCB", "float32", (rows,)),
        (f"{m}.weight_format", "uint8", ()),
    ]


def bnb_4bit(m: str, rows: int, columns: int) -> list[Tensor]:
    numbers = rows * columns
    return [
        (f"{m}.weight", "uint8", (numbers // 2, 1)),
        (f"{m}.weight.absmax", "uint8", (numbers // 64,)),
        (f"{m}.weight.nested_absmax", "float32", (-(-numbers // 64 // 256),)),
        (f"{m}.weight.nested_quant_map", "float32", (256,)),
        (f"{m}.weight.quant_map", "float32", (16,)),
        (f"{m}.weight.quant_state.bitsandbytes__nf4", "uint8", (171,)),
    ]


def gpt_oss(config: dict[str, Any]) -> Iterator[Tensor]:
    """Yield all tensors of gpt-oss, whose experts alone are quantized, stacked, and have biases."""
    hidden, width, experts = config["hidden_size"], config["intermediate_size"], config["num_local_experts"]
    queries, keys = (config[key] * config["head_dim"] for key in ("num_attention_heads", "num_key_value_heads"))
    yield from others(config)
    for layer in range(config["num_hidden_layers"]):
        at = f"model.layers.{layer}"
        yield f"{at}.self_attn.sinks", "bfloat16", (config["num_attention_heads"],)
        for name, (rows, columns) in {
            "self_attn.q_proj": (queries, hidden),
            "self_attn.k_proj": (keys, hidden),
            "self_attn.v_proj": (keys, hidden),
            "self_attn.o_proj": (hidden, queries),
            "mlp.router": (experts, hidden),
        }.items():
            yield f"{at}.{name}.weight", "bfloat16", (rows, columns)
            yield f"{at}.{name}.bias", "bfloat16", (rows,)
        for name, rows, columns in (("gate_up_proj", 2 * width, hidden), ("down_proj", hidden, width)):
            yield f"{at}.mlp.experts.{name}_blocks", "uint8", (experts, rows, columns // 32, 16)
            yield f"{at}.mlp.experts.{name}_scales", "uint8", (experts, rows, columns // 32)
            yield f"{at}.mlp.experts.{name}_bias", "bfloat16", (experts, rows)


def group(**weights: Any) -> dict[str, Any]:
    """Return the settings of compressed-tensors for all linear layers."""
    form, inputs = weights.pop("form"), weights.pop("inputs", None)
    return {
        "quant_method": "compressed-tensors",
        "format": form,
        "ignore": ["lm_head", "re:.*mlp.gate$"],
        "config_groups": {"group_0": {"targets": ["Linear"], "weights": weights, "input_activations": inputs}},
    }


_BITS8: Final = {"num_bits": 8, "strategy": "token", "dynamic": True, "symmetric": True}

METHODS: Final[dict[str, tuple[dict[str, Any], Callable[[str, int, int], list[Tensor]]]]] = {
    "fp8, blocks": ({"quant_method": "fp8", "weight_block_size": [32, 32]}, fp8_block),
    "compressed-tensors, fp8 channels": (
        group(form="float-quantized", num_bits=8, type="float", strategy="channel", inputs={**_BITS8, "type": "float"}),
        fp8_channel,
    ),
    "compressed-tensors, int8 channels": (
        group(form="int-quantized", num_bits=8, type="int", strategy="channel", inputs={**_BITS8, "type": "int"}),
        int8_channel,
    ),
    "compressed-tensors, packed": (
        group(form="pack-quantized", num_bits=4, type="int", strategy="group", group_size=32, symmetric=True),
        pack_quantized,
    ),
    "compressed-tensors, packed with zero points in an order": (
        group(
            form="pack-quantized",
            num_bits=4,
            type="int",
            strategy="group",
            group_size=32,
            symmetric=False,
            actorder="group",
        ),
        pack_quantized_asymmetric,
    ),
    "compressed-tensors, NVFP4": (
        group(
            form="nvfp4-pack-quantized",
            num_bits=4,
            type="float",
            strategy="tensor_group",
            group_size=16,
            inputs={"num_bits": 4, "type": "float", "strategy": "tensor_group", "group_size": 16, "dynamic": "local"},
        ),
        nvfp4_pack_quantized,
    ),
    "gptq": ({"quant_method": "gptq", "bits": 4, "group_size": 32, "desc_act": False, "sym": True}, gptq),
    "awq": ({"quant_method": "awq", "bits": 4, "group_size": 32, "version": "gemm", "zero_point": True}, awq),
    "modelopt, fp8": (
        {"quant_method": "modelopt", "quant_algo": "FP8", "kv_cache_quant_algo": "FP8", "exclude_modules": ["lm_head"]},
        modelopt_fp8,
    ),
    "modelopt, NVFP4": (
        {"quant_method": "modelopt", "quant_algo": "NVFP4", "group_size": 16, "exclude_modules": ["lm_head"]},
        modelopt_nvfp4,
    ),
    "quark, MXFP4": (
        {
            "quant_method": "quark",
            "exclude": ["lm_head"],
            "global_quant_config": {
                "weight": {"dtype": "fp4", "qscheme": "per_group", "group_size": 32, "scale_format": "e8m0"},
            },
        },
        mxfp4_linear,
    ),
    "bitsandbytes, 8 bits": ({"quant_method": "bitsandbytes", "load_in_8bit": True}, bnb_8bit),
    "bitsandbytes, 4 bits": (
        {"quant_method": "bitsandbytes", "load_in_4bit": True, "bnb_4bit_use_double_quant": True},
        bnb_4bit,
    ),
}
"""What each config says, and what stands for a matrix of so many outputs and inputs."""


def checkpoint(config: dict[str, Any], method: str) -> tuple[dict[str, Any], list[Tensor]]:
    """Return the config of a checkpoint of a method, and the tensors of its files."""
    said, tensors_of = METHODS[method]
    tensors = [*others(config), *(each for name, (r, c) in matrices(config) for each in tensors_of(name, r, c))]
    return {**config, "quantization_config": said}, tensors


def write(folder: Path, config: dict[str, Any], tensors: list[Tensor]) -> Path:
    """Write a folder as it is published: the library's file, and a config beside it.

    Not by its module for numpy, which has no floats of 8 bits.
    """
    import ctypes

    import safetensors

    buffers = [ctypes.create_string_buffer(max(prod(s) * BYTES.get(d, 1), 1)) for _, d, s in tensors]
    held = {}
    for (name, dtype, shape), buffer in zip(tensors, buffers, strict=True):
        size = prod(shape) * BYTES.get(dtype, 1)
        if hasattr(safetensors, "TensorSpec"):
            at = ctypes.addressof(buffer)
            held[name] = safetensors.TensorSpec(dtype=dtype, shape=list(shape), data_ptr=at, data_len=size)
        else:  # before 0.8
            held[name] = {"dtype": dtype, "shape": list(shape), "data": buffer.raw[:size]}
    (folder / "config.json").write_text(json.dumps(config))
    safetensors.serialize_file(held, folder / "model.safetensors")
    return folder
