"""The committed facts of what encoders run: real encoders' FLOPs and rows for one batch of pictures or sounds each."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, NamedTuple

import llmsim_adapters as la
from tests.facts import checkpoint, facts

_FILES: Final = {
    "image": "preprocessor_config.json",
    "audio": "preprocessor_config.json",
    "video": "video_preprocessor_config.json",
}
"""Where a checkpoint has the settings of each kind of processor."""


class TowerRun(NamedTuple):
    """One batch that a real encoder ran: the model, the media of one sequence, FLOPs, rows and tokens that came out."""

    config: dict[str, Any]
    fields: dict[str, Any]
    flops: int
    rows: int
    length: int | None = None
    files: dict[str, Any] | None = None

    @property
    def model(self) -> la.Model:
        """The model that ran it, with its processors' settings beside the config."""
        return la.load(self.config, files=self.files)

    def graph(self) -> la.OperatorGraph:
        """Return the graph of a step with these media in one sequence."""
        return self.model.build(checkpoint(seq_len=2**20, **self.fields))

    @property
    def holds(self) -> bool:
        """Whether the graph's encoders have these FLOPs, and their results as many rows and tokens."""
        try:
            return found(self.graph()) == self.counted()
        except la.ScheduleError:
            return False

    def counted(self) -> tuple[int, int]:
        """Return what was counted: FLOPs, and the tokens of a sequence."""
        return self.flops, self.rows if self.length is None else self.length


def found(graph: la.OperatorGraph) -> tuple[int, int]:
    """Return the FLOPs of a graph's encoders, and the tokens that its media take."""
    flops = sum(op.flops for op in graph.operators if op.stack in TOWERS)
    return flops, sum(item.length for item in graph.media)


TOWERS: Final = ("vision", "audio", "sam")
"""What stacks of encoders are called."""


@cache
def tower_runs() -> tuple[tuple[str, TowerRun], ...]:
    """Return every run, each with a name."""
    runs = []
    for name, fact in facts("tower_runs")["types"].items():
        for run in fact["runs"]:
            fields = _of_grids(fact["config"], run["grids"])
            runs.append((f"{name}-{run['grids']}", TowerRun(fact["config"], fields, run["flops"], run["tokens"])))
    for name, fact in facts("media_runs")["types"].items():
        config = {**fact["config"], "architectures": [fact["architecture"]]}
        files = {_FILES[kind]: fact["processor"][kind] for kind in _FILES if kind in fact["processor"]}
        for items, flops, rows, (_, length) in zip(
            fact["items"], fact["flops"], fact["rows"], fact["tokens"], strict=True
        ):
            run = TowerRun(config, _fields(items), flops, rows, length, files)
            runs.append((f"{name}-{items}", run))
    return tuple(runs)


def _fields(items: list[Any]) -> dict[str, Any]:
    """Return the fields of a schedule for media: pairs are pictures, three numbers videos, one number a sound."""
    return {
        "images": tuple(tuple(item) for item in items if isinstance(item, list) and len(item) == 2),
        "videos": tuple(tuple(item) for item in items if isinstance(item, list) and len(item) == 3),
        "audio_seconds": tuple(item for item in items if not isinstance(item, list)),
    }


def _of_grids(config: dict[str, Any], grids: list[list[int]]) -> dict[str, Any]:
    """Return the fields of a schedule whose media have so many frames, rows and columns of patches."""
    vision = config["vision_config"]
    side, frames = vision["patch_size"], vision["temporal_patch_size"]
    return {
        "images": tuple((rows * side, columns * side) for shot, rows, columns in grids if shot == 1),
        "videos": tuple((shot * frames, rows * side, columns * side) for shot, rows, columns in grids if shot > 1),
        "preprocessed": True,
    }
