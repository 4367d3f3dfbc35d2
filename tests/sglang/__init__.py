"""What SGLang's own classes allocate on a rank, as facts, beside what the engine `sglang` answers."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import llmsim_adapters as la
from tests.facts import facts

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIGS: Final[Mapping[str, Mapping[str, Any]]] = facts("sglang/configs")["configs"]
"""By name: the config, its architecture, its quantization where it has one, and whether it is a draft."""

NOT_BUILT: Final[Mapping[str, tuple[str, str]]] = facts("sglang/configs")["not_built"]
"""Of which configs SGLang built no layout: the architecture, and why."""

RUNS: Final = facts("sglang/runs")
"""By config: its layouts with what SGLang allocates, and those that it refuses."""

LISTED: Final[list[dict[str, Any]]] = facts("sglang/tensors")["listed"]
"""The runs whose tensor lists are known."""


BUFFERS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        ("Gemma4ForConditionalGeneration", "Gemma4UnifiedForConditionalGeneration"),
        ("scale.weight", "scale.shift", "clipping_bounds.bounds"),
    ),
    "NemotronH_Nano_Omni_Reasoning_V3": tuple(
        f"convolution_module.norm.{name}" for name in ("batches", "mean", "variance")
    ),
    **dict.fromkeys(
        ("EmbeddingGemma2Model", "Gemma4AssistantForCausalLM", "Gemma4UnifiedAssistantForCausalLM"), ("scale.weight",)
    ),
    "MuseSparkForConditionalGeneration": ("mixture_of_experts.score_correction_bias",),
}
"""By architecture: the buffers that SGLang's class registers as such too (`layer_scalar`, `std_bias`, `input_min`).

Those that it makes parameters of, as the correction of a router's scores, are compared.
"""


WITHOUT_ENCODER: Final = ("InklingForConditionalGeneration", "Llama4ForConditionalGeneration")
"""Architectures whose encoders SGLang's class makes only where the checkpoint's index lists their tensors (Llama 4), or
the server is told to take pictures and sound (Inkling)."""


class Run(NamedTuple):
    """One layout of a config, and what SGLang makes of it: bytes of a rank's parameters, or why it refuses.

    The layout is written as SGLang writes it: `tp` counts all ranks, of which `dp` groups have an equal part.
    """

    config: str
    tp: int
    ep: int
    dp: int
    options: Mapping[str, Any]
    bytes: int | None
    refused: str = ""

    @property
    def label(self) -> str:
        """The layout in one word, and the options that are not SGLang's defaults."""
        said = [f"tp{self.tp}", f"ep{self.ep}", f"dp{self.dp}"]
        return " ".join(["-".join(said), *(f"{name}={value}" for name, value in sorted(self.options.items()))])

    @property
    def schedule(self) -> la.Schedule:
        """The schedule of the layout."""
        return la.Schedule(
            engine="sglang",
            tp_size=self.tp // self.dp,
            dp_size=self.dp,
            ep_size=self.ep,
            engine_options=self.options,
        )


def run_of(config: str, layout: tuple[int, ...], size: int | None, refused: str = "") -> Run:
    """Return a run as the facts have it."""
    tp, ep, dp, options = layout
    return Run(config, tp, ep, dp, RUNS["options"][options], size, refused)


@cache
def runs(config: str) -> tuple[Run, ...]:
    """Return every layout of a config that SGLang was asked for."""
    found = RUNS["runs"][config]
    built = [run_of(config, tuple(layout), size) for *layout, _, size, _ in found["built"]]
    refused = [run_of(config, tuple(layout), None, RUNS["reasons"][why]) for *layout, why in found.get("refused", ())]
    return (*built, *refused)


@cache
def model(config: str) -> la.Model:
    """Return the model of a config."""
    return la.load(dict(CONFIGS[config]["config"]), files=CONFIGS[config].get("files", {}))


def graph(run: Run) -> la.OperatorGraph | None:
    """Return what the engine makes of a layout; None: it refuses it.

    Raises:
        BuildError: no builder models the config.
    """
    try:
        return model(run.config).build(run.schedule)
    except la.ScheduleError:
        return None


def left_out(config: str, graph: la.OperatorGraph) -> list[la.Weight]:
    """Return the weights that the facts leave out: buffers, and encoders that were not recorded."""
    architecture = CONFIGS[config]["architecture"]
    buffers = BUFFERS.get(architecture, ())
    found = [weight for weight in graph.weights if weight.role == "buffer" and weight.name in buffers]
    if architecture in WITHOUT_ENCODER:
        found += [weight for weight in graph.weights if weight.stack == "vision"]
    if "mm_vision_tower" in CONFIGS[config]["config"]:
        found += [weight for weight in graph.weights if weight.stack == "vision" and _is_named_encoders(weight)]
    return found


def _is_named_encoders(weight: la.Weight) -> bool:
    """Whether a weight is of the encoder that a config names, which SGLang's class makes where weights are loaded.

    What projects its results is in the class that was recorded.
    """
    return weight.block != "after" or weight.name.startswith("norm.")


def parameters(config: str, graph: la.OperatorGraph) -> int:
    """Return the bytes of a rank's parameters, as SGLang tells them from buffers, which the facts leave out."""
    return graph.weight_bytes - sum(weight.rank_bytes for weight in left_out(config, graph))


@cache
def answers(config: str) -> Mapping[str, int | None]:
    """Return the bytes of a rank of every layout of a config; None: it is refused. No builder for it: -1."""
    if model(config).coverage.builder is None:
        return {run.label: -1 for run in runs(config)}
    graphs = {run.label: graph(run) for run in runs(config)}
    return {label: None if found is None else parameters(config, found) for label, found in graphs.items()}


def differing(config: str) -> list[str]:
    """Return the layouts of a config whose answer is not SGLang's."""
    answered = answers(config)
    return [run.label for run in runs(config) if answered[run.label] != run.bytes]
