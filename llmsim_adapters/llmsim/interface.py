"""What the bridge rests on in LLMSim, looked up once: another version of it is one clear line, and no wrong figure."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

REPOSITORY: Final = "github.com/zkkython/llmsim"
COMMIT: Final = "0c559c221d66cc1264faa1e52396876505f26180"
"""The version of LLMSim that the bridge is written for."""

Names = tuple[str, ...]

ARCHITECTURES: Final[Mapping[str, Names]] = {
    "src.arch.config": (
        *("ModelConfig.from_dict", "DeepSeekV3Config.from_dict", "Qwen3Config.from_dict", "Qwen3MoEConfig.from_dict"),
        *("ScheduleConfig.batch_size", "ScheduleConfig.max_seqlen", "ScheduleConfig.mode"),
        *("ScheduleConfig.tp_size", "ScheduleConfig.dp_size", "ScheduleConfig.ep_size"),
        *("ScheduleConfig.is_mtp", "ScheduleConfig.deepep", "ScheduleConfig.enable_moe_dense_fully_dp"),
    ),
    "src.arch.model_type": ("ForwardMode.EXTEND", "ForwardMode.DECODE"),
    "src.arch.models_arch.base_model_arch": ("BaseModelArch.build_operators", "BaseModelArch.get_kv_cache_per_gpu"),
    "src.arch.op.attn_op": ("AttentionOperator",),
    "src.arch.op.matmul_op": ("MatmulOperator",),
    "src.arch.op.operator_base": (
        *("DataType.INT8", "DataType.BF16", "DataType.FP32", "DataType.FP64", "Tensor.m", "Tensor.n"),
        *("OperatorMetadata.name", "OperatorMetadata.op_type"),
        *("OperatorMetadata.batch_size", "OperatorMetadata.num_layers"),
        *("OperatorIO.input_dtype", "OperatorIO.output_dtype", "OperatorIO.weight_dtype"),
    ),
    "src.arch.op.transfer_op": ("TransferOperator",),
    "src.arch.perf_calculator": (
        *("PerformanceCalculator.calculate_operator_performance", "PerformanceCalculator.calculate_transfer_time"),
    ),
    "src.hardware.hardware_config": (
        *("DEFAULT_HARDWARE", "HardwareConfig", "BandwidthConfig.hbm_bandwidth_gb_s"),
        *("BandwidthConfig.link_bandwidth_gb_s", "BandwidthConfig.link_bandwidth_decode_gb_s"),
        *("BandwidthConfig.dma_bandwidth_gb_s", "BandwidthConfig.dma_bandwidth_decode_gb_s"),
    ),
}
"""Names by module, of architectures and operators: what `load_config` and `create_model_arch` need."""

PROGRAMS: Final[Mapping[str, Names]] = {
    "src.arch.config": ("ModelConfig.from_json",),
    "src.arch.models_arch.model_arch": ("create_model_arch",),
    "src.main": ("main", "create_model_arch"),
    "src.optimization.cli": ("main",),
    "src.optimization.evaluator": ("create_model_arch",),
    "src.optimization.service": ("OptimizationService._is_moe_model",),
}
"""The same of LLMSim's programs: what `install` replaces, and what the command runs."""


def lacking(names: Mapping[str, Names]) -> str:
    """Return the first of some names that this LLMSim does not have; empty where it has all of them.

    Raises:
        ModuleNotFoundError: a module can't be imported because it needs a package that is not installed.
    """
    for place, wanted in names.items():
        try:
            module: Any = import_module(place)
        except ModuleNotFoundError as error:
            if not _is_llmsims(error.name or place):
                raise
            return str(error.name or place)
        except Exception as error:
            return f"{place}, which fails: {error!r}"
        for name in wanted:
            found = module
            for part in name.split("."):
                if not hasattr(found, part):
                    return f"{place}.{name}"
                found = getattr(found, part)
    return ""


def another_version(what: str) -> str:
    """Return the sentence for an LLMSim that is not as the bridge needs it."""
    return f"this is another version of LLMSim than the bridge is for: {what}; check out {COMMIT} of {REPOSITORY}"


def _is_llmsims(name: str) -> bool:
    return name == "src" or name.startswith("src.")
