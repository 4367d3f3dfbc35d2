"""LLMSim's architectures of any model that a builder claims."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.errors import AdapterError
from llmsim_adapters.llmsim.checkout import require
from llmsim_adapters.llmsim.describe import Describer
from llmsim_adapters.llmsim.schedules import schedule_of
from llmsim_adapters.model import Model, load
from llmsim_adapters.spec.components import MixtureOfExperts

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from llmsim_adapters.gap import Gap
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.llmsim.architecture import AdaptedArch

_BESIDE: Final = "_llmsim_adapters"
"""The attribute of LLMSim's config under which the model stands: it can't be recovered from the other attributes."""


class Beside:
    """What stands beside one of LLMSim's configs: the model, and what its schedules have in common."""

    __slots__ = ("describer", "has_experts", "model")

    def __init__(self, model: Model) -> None:
        self.model = model
        self.describer: Describer | None = None
        self.has_experts = False
        spec = model.spec
        if spec is not None:
            self.describer = Describer(spec)
            self.has_experts = any(isinstance(component, MixtureOfExperts) for component in spec.components())


def load_config(source: str | os.PathLike[str] | Mapping[str, Any] | Model) -> Any:
    """Return LLMSim's own config of a model, for `create_model_arch` of any number of schedules.

    Args:
        source: as for `llmsim_adapters.load`, or a model.

    Raises:
        LLMSimUnavailable: LLMSim can't be imported.
        ConfigUnavailable: no source has a usable config.
        AdapterError: this is a config of LLMSim's, made otherwise.
    """
    require()
    from src.arch import config as configs

    if isinstance(source, configs.ModelConfig):
        message = (
            "this LLMSim config was made without `llmsim_adapters.llmsim.load_config`, which `install()` puts in place "
            "of `ModelConfig.from_json`; the model can't be recovered from it"
        )
        raise AdapterError(message)
    model = source if isinstance(source, Model) else load(source)
    data = dict(model.config.data)
    kinds = {
        "deepseek_v3": configs.DeepSeekV3Config,
        "qwen3": configs.Qwen3Config,
        "qwen3_moe": configs.Qwen3MoEConfig,
    }
    config = kinds.get(str(data.get("model_type", "")), configs.ModelConfig).from_dict(data)
    setattr(config, _BESIDE, Beside(model))
    return config


def beside(config: Any) -> Beside | None:
    """Return what stands beside a config; None where it was not loaded by `load_config`."""
    found = getattr(config, _BESIDE, None)
    return found if isinstance(found, Beside) else None


def create_model_arch(source: Any, schedule_config: Any) -> AdaptedArch:
    """Return LLMSim's architecture of a model under one of LLMSim's ScheduleConfigs, with one rank's operators.

    Args:
        source: as for `llmsim_adapters.load`; a model; or, fastest for many schedules, what `load_config` returned.

    Raises:
        LLMSimUnavailable: LLMSim can't be imported.
        ConfigUnavailable: no source has a usable config.
        AdapterError: the source is a config of LLMSim's that was not made by `load_config`.
        BuildError: no builder claims the model; it says why.
        ScheduleError: the model can't be spread over ranks so.

    Warns:
        UserWarning: the model is modelled in part; it lists the gaps and their impact.
    """
    require()
    from llmsim_adapters.llmsim.architecture import AdaptedArch
    from llmsim_adapters.llmsim.bandwidth import tell_transfers_the_hardware

    tell_transfers_the_hardware()
    found = beside(source)
    if found is None:
        source = load_config(source)
        found = beside(source)
        assert found is not None  # just put there
    graph = found.model.build(schedule_of(schedule_config, has_experts=found.has_experts))
    if graph.gaps:
        warnings.warn(_in_part(found.model, graph), UserWarning, stacklevel=2)
    assert found.describer is not None  # a model that was built has a spec
    return AdaptedArch(source, schedule_config, graph, found.describer.describe(graph))


def _in_part(model: Model, graph: OperatorGraph) -> str:
    gaps = "".join(f"\n  {gap}; {_impact(gap)}" for gap in graph.gaps)
    return f"builder {graph.builder} models {model.config.provenance.location} in part; left out or in doubt:{gaps}"


def _impact(gap: Gap) -> str:
    if gap.impact is None:
        return "impact unknown"
    ratios = (("parameters", gap.impact.parameters), ("FLOPs", gap.impact.flops), ("KV cache", gap.impact.kv_cache))
    return "without it " + ", ".join(f"{name} × {ratio:.4g}" for name, ratio in ratios)
