"""The known differences from SGLang: which layouts, and of what kind; each kind has its reason.

    python -m tests.sglang

writes `differences.json` anew. The suite fails where it lists a layout that is exact, or lacks one that is not.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from tests.sglang import CONFIGS, answers, graph, model, runs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import llmsim_adapters as la
    from tests.sglang import Run

FILE: Final = Path(__file__).with_name("differences.json")


def _unmodelled(found: la.Model, *ends: str) -> bool:
    return found.spec is not None and any(name.startswith(ends) for name in found.spec.unmodelled)


def _towers(found: la.Model) -> bool:
    names = ("vision", "audio", "projector", "encoder", "gen_vision")
    return found.spec is not None and (bool(found.spec.towers) or _unmodelled(found, *names))


def _draft(run: Run) -> bool:
    return "draft" in CONFIGS[run.config] or _unmodelled(model(run.config), "draft")


def _quantized(run: Run) -> bool:
    return "quantization" in CONFIGS[run.config]


def _buffers(run: Run) -> int:
    found = graph(run)
    return 0 if found is None else sum(weight.rank_bytes for weight in found.weights if weight.role == "buffer")


KINDS: Final[Mapping[str, tuple[str, Callable[[Run, int | None], bool]]]] = {
    "drafts": (
        "a draft model that no dialect reads yet: its config may have its target's sizes, so that there is no answer; "
        "and a gate that SGLang pads",
        lambda run, _: _draft(run),
    ),
    "split when loaded": (
        "SGLang's class makes whole matrices, and torch splits them while they are loaded: the engine answers for that",
        lambda run, _: CONFIGS[run.config]["architecture"].startswith("TorchNative"),
    ),
    "not modelled": (
        "no builder models the config, so that there is no layout of it",
        lambda run, _: model(run.config).coverage.builder is None,
    ),
    "refused by SGLang alone": (
        "heads of an encoder of pictures don't divide over the ranks, and the encoder is a gap of the model: its heads "
        "are not known, so that the engine answers for the rest",
        lambda run, _: run.bytes is None,
    ),
    "refused by the engine alone": (
        "the config's type is that of another model (`git`), whose encoder of pictures has heads that don't divide: a "
        "gap of the model, since its class is no class of the type",
        lambda _, answered: answered is None,
    ),
    "buffers": (
        "factors and constants that SGLang has as buffers, as the model does; the facts are of parameters alone",
        lambda run, answered: answered is not None and run.bytes is not None and answered - run.bytes == _buffers(run),
    ),
    "towers": (
        "parts beside the language model: SGLang has classes of its own for them, of which not every rule is stated",
        lambda run, _: _towers(model(run.config)),
    ),
    "heads": (
        "a head of scores, which is a gap of the model and in no figure",
        lambda run, _: _unmodelled(model(run.config), "head_of", "block_diffusion"),
    ),
    "quantized": (
        "the model's class doesn't say which matrices it fuses, so that SGLang doesn't find their parts in the list of "
        "what compressed-tensors leaves as it is, and quantizes them",
        lambda run, _: _quantized(run),
    ),
    "gaps": (
        "the model itself has gaps: keys that nobody read, and what was inferred from keys alone",
        lambda run, _: bool(model(run.config).coverage.gaps),
    ),
    "architecture": (
        "something that the model's own file in SGLang does and that no rule says yet",
        lambda _run, _answered: True,
    ),
}
"""The kinds of difference, in the order in which they are asked: the reason, and what is of the kind."""


def kind_of(run: Run, answered: int | None) -> str:
    """Return the kind of a difference."""
    return next(name for name, (_, holds) in KINDS.items() if holds(run, answered))


def found() -> dict[str, dict[str, list[str]]]:
    """Return by kind and config the layouts that differ."""
    differences: dict[str, dict[str, list[str]]] = {kind: {} for kind in KINDS}
    for config in CONFIGS:
        answered = answers(config)
        for run in runs(config):
            if answered[run.label] != run.bytes:
                kind = kind_of(run, answered[run.label])
                differences[kind].setdefault(config, []).append(run.label)
    return differences


def known() -> dict[str, dict[str, list[str]]]:
    """Return what is known to differ."""
    return cast("dict[str, Any]", json.loads(FILE.read_text(encoding="utf-8")))
