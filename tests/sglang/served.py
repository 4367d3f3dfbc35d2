"""Which architectures are laid out as SGLang lays them out, and how near the others come."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final, NamedTuple

import llmsim_adapters as la
from tests.sglang import CONFIGS, answers, runs

FILE: Final = Path(la.__file__).parent / "evaluation" / "served.json"


class Share(NamedTuple):
    """Of the layouts of an architecture: how many there are, and how the engine's answer compares.

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


def shares() -> dict[str, Share]:
    """Return the comparison of every architecture, by name."""
    found = {}
    for architecture in sorted({entry["architecture"] for entry in CONFIGS.values()}):
        names = [name for name, entry in CONFIGS.items() if entry["architecture"] == architecture]
        pairs = [(run.bytes, answers(run.config)[run.label]) for name in names for run in runs(name)]
        built = [(theirs, ours) for theirs, ours in pairs if theirs is not None]
        refused = [ours for theirs, ours in pairs if theirs is None]
        off = [100 * (ours - theirs) / theirs for theirs, ours in built if ours is not None and ours >= 0]
        found[architecture] = Share(
            len(names),
            len(built),
            sum(theirs == ours for theirs, ours in built),
            len(refused),
            sum(ours is None for ours in refused),
            sum(ours is None for _, ours in built),
            max(off, key=abs) if off else None,
        )
    return found


def served() -> list[str]:
    """Return the architectures of which every layout is held."""
    return [architecture for architecture, share in shares().items() if share.held]


def text(architectures: list[str]) -> str:
    """Return the file that the package has of it."""
    return json.dumps({"architectures": architectures}, indent=2) + "\n"
