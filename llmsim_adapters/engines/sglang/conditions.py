"""What several rules ask of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.engines.sglang.architectures import REGISTERED
from llmsim_adapters.spec.components import Attention, MixtureOfExperts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.engines.rules import Asked
    from llmsim_adapters.spec.model import ModelSpec

_FUSABLE: Final = 256


def has_groups(layout: Asked) -> bool:
    """Whether there are several data-parallel groups."""
    return layout.schedule.dp_size != 1


def attentions(spec: ModelSpec) -> Iterator[Attention]:
    """Yield the components of a model that attend with heads of queries, keys and values."""
    return (component for component in spec.components() if isinstance(component, Attention))


def is_qwen_inside(layout: Asked) -> bool:
    """Whether the language model of MiniCPM-V, whose version says its class, is Qwen's: it has biases or norms."""
    of_any = layout.spec.architecture == "MiniCPMV"
    return of_any and any(each.qkv_bias or each.q_norm for each in attentions(layout.spec.language_model()))


def is_qwen3_inside(layout: Asked) -> bool:
    """Whether it is Qwen3's: it has norms."""
    return is_qwen_inside(layout) and any(each.q_norm for each in attentions(layout.spec.language_model()))


def mixtures(spec: ModelSpec) -> list[MixtureOfExperts]:
    """Return the mixtures of experts of a model."""
    return [component for component in spec.components() if isinstance(component, MixtureOfExperts)]


def quantized_by(layout: Asked, method: str) -> bool:
    """Whether the checkpoint is quantized by a method."""
    return layout.quantization is not None and layout.quantization.method == method


def forbids_fusion(layout: Asked) -> bool:
    """Whether the layout's options leave shared experts beside the routed ones."""
    return bool(layout.options["disable_shared_experts_fusion"]) or layout.schedule.deepep


def fuses_shared_expert(layout: Asked) -> bool:
    """Whether DeepSeek-V3's class has the shared expert among the routed ones, 256 of them (models/deepseek_v2.py)."""
    if layout.spec.architecture != "DeepseekV3ForCausalLM" or layout.schedule.ep_size != 1 or forbids_fusion(layout):
        return False
    return all(m.num_experts == _FUSABLE and m.shared is not None for m in mixtures(layout.spec.language_model()))


def has_no_class(layout: Asked) -> bool:
    """Whether SGLang has no class of the architecture that the config names."""
    return bool(layout.spec.architecture) and layout.spec.architecture not in REGISTERED
