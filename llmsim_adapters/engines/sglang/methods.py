"""The methods of quantization, and their options, that SGLang has no class for on NVIDIA's GPUs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.engines.rules import Refuse
from llmsim_adapters.engines.sglang.architectures import names
from llmsim_adapters.engines.sglang.conditions import fuses_shared_expert, mixtures
from llmsim_adapters.spec.quantization import HEAD
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from llmsim_adapters.engines.rules import Asked
    from llmsim_adapters.spec.model import ModelSpec
    from llmsim_adapters.spec.quantization import Quantization, Scheme

_REGISTERED: Final = frozenset(
    {
        *("fp8", "w8a8_fp8", "w8a8_int8", "blockwise_int8", "mxfp8", "mxfp4", "awq", "gptq", "auto-round"),
        "w4afp8",
        *("bitsandbytes", "compressed-tensors", "modelopt", "quark"),
        *("gguf", "humming", "minimax_m3_nvfp4", "modelslim", "moe_wna16", "mxfp_w4a8", "quark_int4fp8_moe"),
    }
)
"""Every method that a checkpoint can declare, by our words for those that dialects read."""

_PACKED: Final = "pack-quantized"
_PARTS: Final = {
    "attention": ("q_proj", "k_proj", "v_proj", "o_proj"),
    "mlp": ("gate_proj", "up_proj", "down_proj"),
}
"""Linear layers that must have a group of compressed-tensors, or be among its exceptions."""

_MXFP4: Final = names("GptOssForCausalLM")
_MARLIN: Final = ("int4", "int8")
_TILE: Final = 64
_WITHOUT_WEIGHT: Final = frozenset({"packed_int", "gptq", "awq"})
_QUARKS: Final = frozenset({"fp8_tensor", "fp8_channel", "mxfp4"})
_PLAIN_MODELOPT: Final = frozenset({"fp8_tensor", "nvfp4", "mxfp8"})
"""What Model Optimizer's algorithm for all layers may store; mixtures of algorithms have more."""


def _unregistered(quantization: Quantization) -> str:
    if quantization.method in _REGISTERED:
        return ""
    return "a method that SGLang has on NVIDIA's GPUs"


def _gptq(quantization: Quantization) -> str:
    if all(scheme.dtype in _MARLIN and scheme.symmetric for scheme in _of(quantization, "gptq")):
        return ""
    return "symmetric integers of 4 or 8 bits, the only ones that Marlin has"


def _of(quantization: Quantization, name: str) -> list[Scheme]:
    return [scheme for scheme in quantization.schemes if scheme.name == name]


def _modelopt(quantization: Quantization) -> str:
    scheme = quantization.scheme
    if quantization.method != "modelopt" or scheme is None or _of(quantization, "w4afp8"):
        return ""
    return (
        "" if scheme.name in _PLAIN_MODELOPT else "`quant_algo` FP8, NVFP4, NVFP4_AWQ, W4A16_NVFP4 or MIXED_PRECISION"
    )


def _newer(quantization: Quantization) -> str:
    scheme = quantization.scheme
    if scheme is None or scheme.name != "mxfp8":
        return ""
    return "another: MXFP8 is for GPUs of compute capability 10.0, and these figures are those of 9.0"


def _hybrid(quantization: Quantization) -> str:
    if quantization.method != "fp8" or not _of(quantization, "nvfp4"):
        return ""
    return "experts in 8-bit floats: NVFP4 beside them is for GPUs of compute capability 10.0, not 9.0"


def _quantized_inputs(quantization: Quantization) -> str:
    if any(scheme.inputs for scheme in _of(quantization, "packed_int")):
        return "inputs that are not quantized beside packed integers"
    return ""


def _unsaid_groups(quantization: Quantization) -> str:
    scheme = quantization.scheme  # None of a mixture, whose groups have 16 inputs where nothing is said
    if scheme is None or scheme.name != "nvfp4" or quantization.place != "hf_quant_config.json":
        return ""
    return "`group_size` beside NVFP4, which is asked for there" if "group_size" in quantization.unsaid else ""


def _quark(quantization: Quantization) -> str:
    if quantization.method != "quark":
        return ""
    if all(scheme.name in _QUARKS and scheme.inputs for scheme in quantization.schemes):
        return ""
    return "8-bit floats, or MXFP4, of weights and of inputs"


def _auto_round(quantization: Quantization) -> str:
    if quantization.method != "auto-round" or all(s.name in ("gptq", "awq") for s in quantization.schemes):
        return ""
    return "`data_type` int, packed as by GPTQ or AWQ"


OF_METHODS: Final[tuple[Callable[[Quantization], str], ...]] = (
    _unregistered,
    _gptq,
    _modelopt,
    _newer,
    _hybrid,
    _unsaid_groups,
    _quark,
    _auto_round,
    _quantized_inputs,
)
"""What is expected in place of a declaration, if anything, each by one rule."""


def _no_method(layout: Asked) -> str:
    quantization = layout.quantization
    if quantization is None:
        return ""
    expected = next((said for rule in OF_METHODS if (said := rule(quantization))), "")
    if expected:
        return f"`{quantization.place}` declares `{printable(quantization.method, 40)}`; expected {expected}"
    return _no_experts(quantization, layout.spec)


def _blocks_of_a_head(layout: Asked) -> str:
    quantization = layout.quantization
    if quantization is None or quantization.method != "compressed-tensors":
        return ""
    scheme = quantization.scheme_of(*HEAD)
    if scheme is None or scheme.name != "fp8_block":
        return ""
    return f"`{quantization.place}` has blocks of the head; expected a scale for each output, or for all of it"


def _experts_alone(layout: Asked) -> str:
    quantization = layout.quantization
    if quantization is None or quantization.method != "mxfp4" or layout.spec.architecture in _MXFP4:
        return ""
    return (
        f"`{quantization.place}` declares `mxfp4`; expected it of GptOssForCausalLM, whose attention isn't made by the "
        "method: it has none"
    )


def _unfused(layout: Asked) -> str:
    """Say of which method shared experts can't stand beside the routed ones in DeepSeek's class."""
    quantization = layout.quantization
    if quantization is None or quantization.method != "w8a8_fp8":
        return ""
    if fuses_shared_expert(layout) or all(m.shared is None for m in mixtures(layout.spec.language_model())):
        return ""
    return (
        f"`{quantization.place}` declares `w8a8_fp8`; expected `ep_size` 1, in which the shared expert is one of 256 "
        "routed ones: beside them the class asks for a size of blocks, which the method hasn't"
    )


def _untargeted(layout: Asked) -> str:
    """Say which linear layer is in no group of compressed-tensors, and not among its exceptions either."""
    quantization, stack = layout.quantization, layout.spec.stack("text")
    if quantization is None or quantization.method != "compressed-tensors" or quantization.scheme is not None:
        return ""
    for block in () if stack is None else stack.blocks:
        for mixer in block.mixers():
            for name in _PARTS.get(mixer.kind, ()):
                matrix = f"{mixer.kind}.{name}"
                if not quantization.mentions("text", block.name, matrix):
                    return f"`{quantization.place}` has no group for `{matrix}`; expected one, or it under `ignore`"
    return ""


def _packed_loader(layout: Asked) -> str:
    """Say which format projections of linear attention can't have, whose loader asks for a plain weight."""
    quantization, stack = layout.quantization, layout.spec.stack("text")
    for block in () if stack is None or quantization is None else stack.blocks:
        if any(mixer.kind == "gated_delta_net" for mixer in block.mixers()):
            scheme = quantization.scheme_of("text", block.name, "gated_delta_net.q_proj") if quantization else None
            if scheme is not None and scheme.name in _WITHOUT_WEIGHT:
                return f"`{scheme.name}` is the format of linear attention; expected 8-bit floats, or none"
    return ""


def _no_experts(quantization: Quantization, spec: ModelSpec) -> str:
    of_experts = list(_schemes_of_experts(quantization, spec))
    if quantization.method == "compressed-tensors" and any(scheme.name == "int8_channel" for scheme in of_experts):
        return f"`{quantization.place}` declares 8-bit integers for experts; expected another format, or linear layers"
    if quantization.form not in ("", _PACKED) and any(scheme.name == "packed_int" for scheme in of_experts):
        form = printable(quantization.form, 40)
        return f"`{quantization.place}.format` is `{form}`; expected `{_PACKED}`, as experts are packed integers"
    if any(scheme.name == "awq" and not scheme.sides[0].columns for scheme in of_experts):
        return f"`{quantization.place}` declares one group of all inputs for experts; expected a number of inputs"
    return ""


def _schemes_of_experts(quantization: Quantization, spec: ModelSpec) -> Iterator[Scheme]:
    """Yield by which schemes experts are stored, in each block that has any."""
    stack = spec.stack("text")
    for block in () if stack is None else stack.blocks:
        if any(mixer.kind == "mixture_of_experts" for mixer in block.mixers()):
            scheme = quantization.scheme_of("text", block.name, "mixture_of_experts.experts.down_proj")
            if scheme is not None:
                yield scheme


def _one_group(layout: Asked) -> str:
    """Say of which width of experts, all inputs in one group, Marlin's kernel can't have a rank's part."""
    quantization, schedule = layout.quantization, layout.schedule
    if quantization is None or quantization.method != "auto-round":
        return ""
    of_experts = _schemes_of_experts(quantization, layout.spec)
    if not any(scheme.name == "gptq" and not scheme.sides[0].columns for scheme in of_experts):
        return ""
    split = schedule.moe_tp is not False and not schedule.deepep
    ways = schedule.world_size // schedule.ep_size if split else 1
    for mixture in mixtures(layout.spec.language_model()):
        width = mixture.moe_intermediate_size
        if width % (_TILE * ways):
            return (
                f"each rank has {width:d} / {ways:d} of the width of experts, whose inputs are one group; expected a "
                f"multiple of {_TILE}, as Marlin has it: the other kernel wants groups of a size"
            )
    return ""


def _in_a_file(layout: Asked) -> str:
    quantization = layout.quantization
    if quantization is None or quantization.place != "hf_quant_config.json" or quantization.scheme is not None:
        return ""
    return (
        f"`{quantization.place}` declares a mixture of algorithms; expected it in `quantization_config`, where "
        f"{layout.spec.architecture} looks for it"
    )


METHODS: Final = (
    Refuse(
        name="no such method of quantization",
        source="layers/quantization/__init__.py; gptq/gptq.py: TYPE_MAP; modelopt_quant.py; compressed_tensors.py",
        reason=_no_method,
    ),
    Refuse(
        name="a layer without a group",
        source="layers/quantization/compressed_tensors/utils.py, find_matched_target",
        reason=_untargeted,
    ),
    Refuse(
        name="blocks of a quantized head",
        source="layers/quantization/compressed_tensors/compressed_tensors.py, get_lm_head_scheme",
        reason=_blocks_of_a_head,
    ),
    Refuse(
        name="MXFP4 of other models than gpt-oss",
        source="layers/quantization/mxfp4.py, get_quant_method",
        reason=_experts_alone,
    ),
    Refuse(
        name="8-bit floats of shared experts beside routed ones",
        source="models/deepseek_v2.py: shared_experts.gate_up_proj.quant_method.quant_config",
        architectures=names("DeepseekV2ForCausalLM DeepseekV3ForCausalLM"),
        reason=_unfused,
    ),
    Refuse(
        name="packed integers of linear attention",
        source="models/qwen3_next.py, _make_packed_weight_loader",
        architectures=frozenset({"Qwen3NextForCausalLM", "Qwen3NextForCausalLMMTP"}),
        reason=_packed_loader,
    ),
    Refuse(
        name="one group of all inputs of AutoRound's experts",
        source="layers/quantization/auto_round.py, apply_gptq_quant_layer; moe_wna16.py, create_weights",
        reason=_one_group,
    ),
    Refuse(
        name="a mixture that stands beside the config",
        source="arg_groups/model_overrides/nemotron_h.py: hf_config.quantization_config",
        architectures=names("NemotronHForCausalLM NemotronHPuzzleForCausalLM NemotronH_Omni_Reasoning_V3"),
        reason=_in_a_file,
    ),
)
"""What SGLang has no class for; figures are those of compute capability 9.0."""
