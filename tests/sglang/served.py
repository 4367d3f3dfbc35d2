"""Which architectures are laid out as SGLang lays them out, and how near the others come."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import llmsim_adapters as la
from tests.sglang import CONFIGS, answers, runs

if TYPE_CHECKING:
    from collections.abc import Iterable

FILE: Final = Path(la.__file__).parent / "evaluation" / "served.json"


class Share(NamedTuple):
    """Of the layouts of some configs: how many there are, and how the engine's answer compares.

    `largest` is the largest difference of a rank's bytes, in percent of SGLang's; None where there is none to compare.
    """

    configs: int
    built: int
    exact: int
    refused: int
    refused_alike: int
    refused_alone: int
    largest: float | None

    @property
    def held(self) -> bool:
        """Whether every layout is SGLang's to the byte, or refused as it refuses it, over several ranks too."""
        return self.exact == self.built > 1 and self.refused_alike == self.refused


def share(configs: Iterable[str]) -> Share:
    """Return the comparison of all layouts of some configs."""
    names = list(configs)
    pairs = [(run.bytes, answers(run.config)[run.label]) for name in names for run in runs(name)]
    built = [(theirs, ours) for theirs, ours in pairs if theirs is not None]
    refused = [ours for theirs, ours in pairs if theirs is None]
    off = [100 * (ours - theirs) / theirs for theirs, ours in built if ours is not None and ours >= 0]
    return Share(
        configs=len(names),
        built=len(built),
        exact=sum(theirs == ours for theirs, ours in built),
        refused=len(refused),
        refused_alike=sum(ours is None for ours in refused),
        refused_alone=sum(ours is None for _, ours in built),
        largest=max(off, key=abs, default=None),
    )


def shares() -> dict[str, Share]:
    """Return the comparison of every architecture, by SGLang's name and by the one that configs have for it."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, entry in CONFIGS.items():
        for architecture in {entry["architecture"], *(entry["config"].get("architectures") or ())[:1]}:
            found[architecture].append(name)
    return {architecture: share(found[architecture]) for architecture in sorted(found)}


def served() -> list[str]:
    """Return the architectures of which every layout is held."""
    return [architecture for architecture, share in shares().items() if share.held]


def text(architectures: list[str]) -> str:
    """Return the file that the package has of it."""
    return json.dumps({"architectures": architectures}, indent=2) + "\n"
