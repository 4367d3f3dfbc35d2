"""The methods of quantization: what reads each, and which key lists what it leaves as it is.

What each stores is what its own software writes: transformers (fp8, fbgemm_fp8, mxfp4), AutoAWQ, GPTQModel, AutoRound,
compressed-tensors, Model Optimizer, Quark, HQQ, MLX, bitsandbytes, torchao; or what SGLang loads (w8a8_fp8, w8a8_int8,
blockwise_int8, mxfp8, w4afp8).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.dialects.quantization import floats, packed
from llmsim_adapters.dialects.quantization.compressed import compressed_tensors
from llmsim_adapters.dialects.quantization.modelopt import modelopt, w4afp8
from llmsim_adapters.dialects.quantization.quark import quark
from llmsim_adapters.dialects.quantization.schemes import MADE, ONLINE, RUNTIME
from llmsim_adapters.dialects.quantization.torchao import torchao

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from llmsim_adapters.dialects.quantization.schemes import Stored
    from llmsim_adapters.dialects.reading.reader import Reader


class Method(NamedTuple):
    """How a method is read, and what it leaves as it is.

    `excluding` are the keys of its list of modules, of which the first one that is there is read. The head is quantized
    only where `head`: then the list says whether it is, and without a list nobody knows; or where the flag `head_key`
    says so; or, with `listed_head`, where there is a list that leaves it out. `usual` keys are those that its software
    writes and that change no bytes. `substrings`: entries of the list match inside names. `literal`: SGLang takes its
    entries for names, whatever they look like. `exact`: a name is that of one layer, not of all in a module.
    `everything`: what is looked up, and what other methods leave as it is, is quantized too.
    """

    read: Callable[[Reader, Reader], Stored | None]
    excluding: tuple[str, ...] = ("modules_to_not_convert", "ignored_layers")
    head: bool = False
    head_key: str = ""
    listed_head: bool = False
    usual: tuple[str, ...] = ()
    substrings: bool = False
    literal: bool = False
    exact: bool = False
    everything: bool = False
    without_effect: Mapping[str, str] = {}


EVERY_METHOD: Final = {
    "dequantize": "whether one library takes the weights apart as it loads them",
    "scale_fmt": "which values scales may take",
    "packed_modules_mapping": "which modules a server fuses",
    "activation_scale_ub": ONLINE,
    "act_per_tensor": ONLINE,
    "is_dynamic": ONLINE,
}

METHODS: Final[Mapping[str, Method]] = {
    "fp8": Method(floats.fp8, literal=True),
    "fbgemm_fp8": Method(floats.fbgemm),
    "w8a8_fp8": Method(floats.fbgemm),
    "w8a8_int8": Method(floats.int8_channel, ("ignore", "modules_to_not_convert", "ignored_layers"), exact=True),
    "blockwise_int8": Method(floats.int8_block, literal=True),
    "mxfp8": Method(floats.mxfp8),
    "mxfp4": Method(floats.mxfp4),
    "w4afp8": Method(w4afp8, ("modules_to_not_convert", "ignored_layers", "ignore")),
    "awq": Method(
        packed.awq,
        substrings=True,
        literal=True,
        without_effect={
            **dict.fromkeys(("backend", "do_fuse", "exllama_config", "fuse_max_seq_len", "modules_to_fuse"), RUNTIME),
        },
    ),
    "gptq": Method(
        packed.gptq,
        head_key="lm_head",
        without_effect={
            **dict.fromkeys(("backend", "cache_block_outputs", "disable_exllama", "exllama_config"), RUNTIME),
            **dict.fromkeys(("max_input_length", "use_cuda_fp16", "use_exllama"), RUNTIME),
            **dict.fromkeys(("batch_size", "block_name_to_quantize", "damp_percent", "dataset"), MADE),
            **dict.fromkeys(("damp_auto_increment", "meta", "model_file_base_name"), MADE),
            **dict.fromkeys(("model_name_or_path", "module_name_preceding_first_block", "pad_token_id"), MADE),
            **dict.fromkeys(("pack_dtype", "quantizer", "static_groups", "tokenizer"), MADE),
            **dict.fromkeys(("model_seqlen", "mse", "true_sequential"), MADE),
        },
    ),
    "auto-round": Method(
        packed.auto_round,
        head_key="lm_head",
        without_effect={
            **dict.fromkeys(("backend", "sglang_backend", "vllm_backend"), RUNTIME),
            **dict.fromkeys(("act_bits", "act_data_type", "act_dynamic", "act_group_size", "act_sym"), ONLINE),
            **dict.fromkeys(
                ("autoround_version", "batch_size", "enable_minmax_tuning", "enable_norm_bias_tuning"), MADE
            ),
            **dict.fromkeys(("enable_quanted_input", "gradient_accumulate_steps", "iters", "low_gpu_mem_usage"), MADE),
            **dict.fromkeys(("lr", "minmax_lr", "model_free", "nsamples", "scale_dtype", "seqlen"), MADE),
            **dict.fromkeys(("amp", "damp_percent", "dataset", "desc_act", "model_file_base_name", "super_bits"), MADE),
            **dict.fromkeys(("model_name_or_path", "static_groups", "super_group_size", "to_quant_block_names"), MADE),
            "true_sequential": MADE,
        },
    ),
    "hqq": Method(packed.hqq, ("skip_modules",)),
    "mlx": Method(packed.mlx, (), head=True, everything=True),
    "bitsandbytes": Method(packed.bitsandbytes, ("llm_int8_skip_modules",), listed_head=True),
    "compressed-tensors": Method(compressed_tensors, ("ignore",), head=True, exact=True),
    "modelopt": Method(modelopt, ("ignore", "exclude_modules"), head=True, usual=("group_size",)),
    "quark": Method(quark, ("exclude",), head=True),
    "torchao": Method(torchao, ("modules_to_not_convert",)),
}
"""Every method, by the word of published checkpoints for it."""
