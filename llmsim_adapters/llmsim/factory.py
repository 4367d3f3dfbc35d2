"""LLMSim's architectures of any model that a builder claims."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from llmsim_adapters.llmsim.checkout import require
from llmsim_adapters.llmsim.loaded import beside, load_config
from llmsim_adapters.llmsim.schedules import schedule_of

if TYPE_CHECKING:
    from llmsim_adapters.gap import Gap
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.llmsim.architecture import AdaptedArch
    from llmsim_adapters.model import Model


def create_model_arch(source: Any, schedule_config: Any, **fields: Any) -> AdaptedArch:
    """Return LLMSim's architecture of a model under one of LLMSim's ScheduleConfigs, with one rank's operators.

    Args:
        source: as for `llmsim_adapters.load`; a model; or, fastest for many schedules, what `load_config` returned.
        schedule_config: a ScheduleConfig.
        **fields: fields of `Schedule` that LLMSim has none for: `engine`, `engine_options`, formats, `context_len`.

    Raises:
        LLMSimUnavailable: LLMSim can't be imported.
        ConfigUnavailable: no source has a usable config.
        AdapterError: the source is a config of LLMSim's that was not made by `load_config`, or one of its fields was
            changed that the model is not read from.
        BuildError: no builder claims the model; it says why.
        ScheduleError: the model can't be spread over ranks so.

    Warns:
        UserWarning: the model is modelled in part; it lists the gaps and their impact.
    """
    require()
    from llmsim_adapters.llmsim.architecture import AdaptedArch

    found = beside(source)
    if found is None:
        source = load_config(source)
        found = beside(source)
        assert found is not None  # just put there
    graph = found.model.build(schedule_of(schedule_config, has_experts=found.has_experts, **fields))
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
