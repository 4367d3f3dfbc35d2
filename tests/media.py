"""The committed facts of what encoders run: real encoders' FLOPs and rows for one batch of pictures or sounds each."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import llmsim_adapters as la
from tests import conventions
from tests.facts import checkpoint, facts

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILES: Final = {
    "image": "preprocessor_config.json",
    "audio": "preprocessor_config.json",
    "video": "video_preprocessor_config.json",
}
"""Where a checkpoint has the settings of each kind of processor."""


_OTHER: Final = dict.fromkeys(("media_varied", "media_varied_sounds", "media_varied_videos"), "-varied")
"""Of which files the configs are other shapes of encoders that are in another file already."""


_TAKEN: Final[dict[int, set[str]]] = {}
"""The kinds of media that there are rules for, by the config."""


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
        return self.model.build(checkpoint(**{"seq_len": 2**20, **self.fields}))

    @property
    def is_modelled(self) -> bool:
        """Whether there are rules for all media of the batch."""
        at = id(self.config)  # which all batches of a type have, and which is kept as long as they are
        if at not in _TAKEN:
            spec = self.model.spec
            towers = () if spec is None else spec.towers
            _TAKEN[at] = {kind for tower in towers if tower.media is not None for kind in tower.media.takes}
        asked = {"image": "images", "video": "videos", "audio": "audio_seconds"}
        missed = any(self.fields.get(field) and kind not in _TAKEN[at] for kind, field in asked.items())
        return bool(_TAKEN[at]) and not missed

    @property
    def holds(self) -> bool:
        """Whether the graph's encoders have these FLOPs, and their results as many rows and tokens."""
        try:
            return self.found() == self.counted()
        except la.ScheduleError:
            return False

    def counted(self) -> tuple[int, int]:
        """Return what was counted: FLOPs, and the tokens of a sequence."""
        return self.flops, self.rows if self.length is None else self.length

    def _became(self, item: Any) -> int:
        if item.kind == "audio":
            return item.tokens or item.attended
        return (item.tokens or item.attended) if self.length is None else item.length

    def found(self) -> tuple[int, int]:
        """Return the same of the graph."""
        graph = self.graph()
        flops = sum(op.flops for op in graph.operators if op.stack in TOWERS)
        flops += beside(self.config, graph)
        return flops, sum(map(self._became, graph.media))


def heard_and_said(model: la.Model, run: dict[str, Any]) -> tuple[int, int]:
    """Return the parameters and FLOPs of an encoder of sound with the decoder that attends to what it heard."""
    sound = {"audio_seconds": (run["seconds"],), "logits": "all"}
    graph = model.build(checkpoint(batch_size=run["batch"], seq_len=run["tokens"], **sound))
    return graph.parameters, graph.flops


def beside(config: dict[str, Any], graph: la.OperatorGraph) -> int:
    """Return the FLOPs that are counted of a type's encoder beside its layers, less what is not (`conventions`)."""
    what, _ = conventions.BESIDE_TOWERS.get(config.get("model_type", ""), ("", ""))
    tower = [op for op in graph.operators if op.stack == "vision"]
    if what == "speakers":
        head = config["audio_config"]["diarization_config"]["head_config"]["num_speakers"]
        return sum(2 * item.rows * head * config["audio_config"]["asr_config"]["hidden_size"] for item in graph.media)
    if what == "mask":
        return sum(2 * item.rows * item.rows for item in graph.media)
    if what == "pooled" and tower:
        (width,) = {op.n for op in tower if op.block == "before" and op.kind == "linear"}
        pool = config["vision_config"].get("pooling_kernel_size", 3)
        pieces = [piece for item in graph.media for piece in item.pieces]
        return sum(2 * count * (length // pool**2) * length * width for length, count in pieces)
    if what == "last_projection":
        return -[op for op in tower if op.block == "after" and op.kind == "linear"][-1].flops
    return 0


TOWERS: Final = (
    *("vision", "vq", "vision_2", "high_res_vision", "video", "audio", "sound"),
    *("sam", "qformer", "projector", "adaptor", "diarization"),
)
"""What stacks of encoders are called."""


_BY_TRANSFORMERS: Final = ("media_runs", "media_varied", "media_sounds", "media_varied_sounds", "media_varied_videos")


def speaking() -> dict[str, dict[str, Any]]:
    """Return the types that speak, each with the parameters of real models."""
    of_sglang = facts("sglang/media")["types"]
    speak = {name: {**fact, "published": {}} for name, fact in of_sglang.items() if "cases" in fact}
    return {**facts("speaking")["types"], **speak}


def whole_totals() -> dict[str, int]:
    """Return how many parameters real models of the types have whose encoders were run."""
    of_sglang = facts("sglang/media")["types"]
    totals: dict[str, int] = {name: fact["parameters"] for name, fact in of_sglang.items() if "parameters" in fact}
    return {**totals, **facts("media_totals")["types"]}


@cache
def tower_runs() -> tuple[tuple[str, TowerRun], ...]:
    """Return every run, each with a name."""
    runs = []
    for name, fact in facts("tower_runs")["types"].items():
        for run in fact["runs"]:
            fields = _of_grids(fact["config"], run["grids"])
            runs.append((f"{name}-{run['grids']}", TowerRun(fact["config"], fields, run["flops"], run["tokens"])))
    for file in (*_BY_TRANSFORMERS, "sglang/media"):
        for name, fact in facts(file)["types"].items():
            runs += [(f"{name}-{items}{_OTHER.get(file, '')}", run) for items, run in _recorded(name, fact)]
    return tuple(runs)


def _recorded(name: str, fact: dict[str, Any]) -> Iterator[tuple[list[Any], TowerRun]]:
    """Yield the media of each batch of a type, and the run."""
    named = fact["architecture"] is not None
    config = {**fact["config"], "architectures": [fact["architecture"]]} if named else fact["config"]
    files = {_FILES[kind]: fact["processor"][kind] for kind in _FILES if kind in fact["processor"]}
    tokens = fact["tokens"] or [None] * len(fact["rows"])
    inputs = fact.get("seen", [{}] * len(fact["rows"]))
    for items, flops, rows, became, seen in zip(
        fact["items"], fact["flops"], fact["rows"], tokens, inputs, strict=True
    ):
        if (name, items) in conventions.CUT_OFF:
            continue
        sounds = not isinstance(items[0], list)
        has_text = _has_videos(items) or (name in conventions.MEDIA_TEXT and not sounds)
        length = None if became is None or has_text else became[0 if sounds else 1]
        fields = {**_fields(items), "preprocessed": fact.get("preprocessed", False)}
        if "qformer_input_ids" in seen:
            fields["instruction_len"] = _words(seen["qformer_input_ids"])
        yield items, TowerRun(config, fields, flops, rows, length, files)


def _words(instruction: list[Any]) -> int:
    """Return the words of an instruction, of which facts hold numbers, or where they are many the shape."""
    first, *others = instruction
    return len(first) if isinstance(first, list) else int(others[0])


def _fields(items: list[Any]) -> dict[str, Any]:
    """Return the fields of a schedule for media: pairs are pictures, three numbers videos, one number a sound."""
    return {
        "images": tuple(tuple(item) for item in items if isinstance(item, list) and len(item) == 2),
        "videos": tuple(tuple(item) for item in items if isinstance(item, list) and len(item) == 3),
        "audio_seconds": tuple(item for item in items if not isinstance(item, list)),
    }


def _has_videos(items: list[Any]) -> bool:
    """Whether there are videos among media: texts of times stand between their frames, which tokenizers cut."""
    return any(isinstance(item, list) and len(item) == 3 for item in items)


def _of_grids(config: dict[str, Any], grids: list[list[int]]) -> dict[str, Any]:
    """Return the fields of a schedule whose media have so many frames, rows and columns of patches."""
    vision = config["vision_config"]
    side, frames = vision["patch_size"], vision["temporal_patch_size"]
    return {
        "images": tuple((rows * side, columns * side) for shot, rows, columns in grids if shot == 1),
        "videos": tuple((shot * frames, rows * side, columns * side) for shot, rows, columns in grids if shot > 1),
        "preprocessed": True,
    }
