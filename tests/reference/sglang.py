"""What SGLang's own model classes allocate on a rank, as facts.

    python -m tests.reference.sglang ROWS.jsonl REFUSED.json CONFIGS [CONFIGS …]

writes `facts/sglang/` from what was recorded of SGLang's classes (README): of each layout the elements and bytes of one
rank's parameters with a digest of the tensor list, some of the lists, and what SGLang refuses. Configs, of which
`CONFIGS` are the folders, are kept without what bears on no architecture; that a trimmed config has the figures of the
whole one is checked here. Neither SGLang nor torch is needed.

    python -m tests.reference.sglang --add ROWS.jsonl REFUSED.json CONFIGS [CONFIGS …]

adds to the facts what was recorded of further configs, and leaves the others as they are.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import llmsim_adapters as la
from llmsim_adapters.dialects.keys.costless import COSTLESS
from tests.reference.sglang_tables import LISTED, NOT_BUILT, REASONS
from tests.reference.store import FACTS, line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FOLDER: Final = FACTS / "sglang"
MADE_WITH: Final = {"sglang": "0.5.23", "torch": "2.13.0", "transformers": "5.19.0"}

_TOLD: Final = ("auto_map", "attention_dropout", "use_cache", "output_attentions", "time_step_limit")

_BOOKKEEPING: Final = {COSTLESS[key] for key in _TOLD}
"""The reasons for which a key of a config bears on no engine's layout."""

_TOKENS: Final = ("_token_id", "_token_ids", "_token_index")

_MADE: Final = re.compile(r"^(default|made)--|-(fp8|ct)$")
"""The configs that nobody published: a class's defaults, or a published config with a key of ours."""

_NO_LAYOUT: Final = ("speculative_algorithm", "speculative_num_draft_tokens", "mamba_track_interval")
"""Arguments without which SGLang builds no draft, or no model at all, and which bear on no layout."""


def listed(row: Mapping[str, Any]) -> list[list[Any]]:
    """Return a rank's parameters: names, shapes, formats, numbers."""
    return [[t["name"], t["shape"], t["dtype"], t["count"]] for t in row["tensors"] if t["kind"] == "parameter"]


def digest(tensors: Iterable[list[Any]]) -> str:
    """Return a digest of a list of tensors, whatever their order."""
    return hashlib.sha256("\n".join(sorted(map(line, tensors))).encode()).hexdigest()[:12]


def trimmed(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a config without bookkeeping: names, training, generation, token ids; labels as a number.

    What Model Optimizer says of groups follows from its algorithms.
    """
    kept: dict[str, Any] = {}
    follows = ("config_groups", "producer") if "quant_algo" in config else ()
    for key, value in config.items():
        if key in follows:
            continue
        if key == "id2label" and isinstance(value, dict):
            kept["num_labels"] = len(value)
        elif key in ("architectures", "num_labels") or not (COSTLESS.get(key) in _BOOKKEEPING or key.endswith(_TOKENS)):
            kept[key] = trimmed(value) if isinstance(value, dict) else value
    return kept


def schedule(run: Iterable[Any], options: Mapping[str, Any]) -> la.Schedule:
    """Return the schedule of a layout that is written as SGLang writes it: `tp` are all ranks, of `dp` groups."""
    tp, ep, dp = run
    return la.Schedule(tp_size=tp // dp, dp_size=dp, ep_size=ep, engine_options=options)


def figures(config: Mapping[str, Any], beside: Mapping[str, Any], schedules: Iterable[la.Schedule]) -> list[Any]:
    """Return what is said of a model, with the files beside its config: a trimmed config must have it all."""
    model = la.load(dict(config), files=beside)
    said: list[Any] = [str(model.coverage.status), model.coverage.category, model.coverage.architecture]
    if model.coverage.builder is None:
        return said
    own = model.build(la.Schedule(engine="checkpoint", seq_len=64))
    said += [own.parameters, own.buffers, own.flops, own.weight_bytes, own.kv_cache_bytes(100)]
    for asked in schedules:
        try:
            said.append(model.build(asked).weight_bytes)
        except la.ScheduleError as error:
            said.append(str(error))
    return said


def write(name: str, header: Mapping[str, Any], body: str, items: Mapping[str, Any] | list[Any]) -> None:
    """Write `facts/sglang/{name}.json`, an item a line."""
    if isinstance(items, list):
        opening, closing, rows = "[", "]", [line(item) for item in items]
    else:
        opening, closing, rows = "{", "}", [f"{line(key)}:{line(value)}" for key, value in items.items()]
    head = {"made_with": MADE_WITH, "script": "tests/reference/sglang.py", **header}
    text = "{\n" + "".join(f"{line(key)}:{line(value)},\n" for key, value in head.items())
    text += f"{line(body)}:{opening}\n" + ",\n".join(rows) + f"\n{closing}}}\n"
    json.loads(text)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")


def reason(at: str, reasons: Iterable[tuple[str, str]] = REASONS) -> str:
    """Return what a refusal says in our words."""
    return next((words for place, words in reasons if place in at), "")


def _renamed(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the architecture of a draft, which SGLang names itself where the config has its target's."""
    return {"architectures": [row["architecture"]]} if row["draft"] else {}


class Recorded:
    """What was recorded, by config: rows and refusals by layout, of the first rank, and which ranks equal it.

    `given` are the keys that a config got for it, `asked` the architectures of configs of which a layout is refused.
    """

    def __init__(
        self,
        rows: Iterable[Mapping[str, Any]],
        refused: Mapping[str, Mapping[str, str]],
        options: Iterable[dict[str, Any]] = ({},),
    ) -> None:
        self.options: list[dict[str, Any]] = [*options]
        self.rows: dict[str, dict[tuple[int, ...], Mapping[str, Any]]] = defaultdict(dict)
        self.refused: dict[str, dict[tuple[int, ...], str]] = defaultdict(dict)
        self.asked: dict[str, str] = {}
        self.given: dict[str, dict[str, Any]] = defaultdict(dict)
        last: dict[str, dict[tuple[int, ...], Mapping[str, Any]]] = defaultdict(dict)
        for row in rows:
            self.given[row["config"]] = {**json.loads(row["key"])[6], **_renamed(row)}
            found = self.rows if row["rank"] == 0 else last
            found[row["config"]][self._layout(row["tp"], row["ep"], row["dp_attention"], row["extra"])] = row
        pairs = [(self.rows[name].get(key), row) for name, those in last.items() for key, row in those.items()]
        assert all(first is not None and digest(listed(first)) == digest(listed(row)) for first, row in pairs)
        self.pairs = len(pairs)
        self.last = last
        for text, said in refused.items():
            config, tp, ep, dp, _, extra, *_ = json.loads(text)
            self.asked[config] = next(iter(said["architectures"] or ()), "")
            layout = self._layout(tp, ep, dp, extra)
            if layout not in self.rows.get(config, {}):
                self.refused[config][layout] = said["at"].split("/sglang/srt/")[-1].split("-src/sglang/srt/")[-1]

    def _layout(self, tp: int, ep: int, dp: int, extra: Mapping[str, Any] | None) -> tuple[int, ...]:
        said = {name: value for name, value in (extra or {}).items() if name not in _NO_LAYOUT}
        if said not in self.options:
            self.options.append(said)
        return tp, ep, dp, self.options.index(said)

    def name_of(self, file: str) -> str:
        """Return a config's name: its repository's, or one that says that nobody published it."""
        stem = file.removesuffix(".json")
        if self.given[file] or _MADE.search(stem):
            return "made/" + stem.split("--", 1)[1]
        return stem.replace("--", "/", 1)

    def unbuilt(self) -> dict[str, list[str]]:
        """Return the configs that were never built: the architecture, and why."""
        found = {}
        for file, layouts in self.refused.items():
            if not self.rows.get(file):
                at = next(iter(layouts.values()))
                words = reason(at, NOT_BUILT)
                assert words, (file, at)
                found[self.name_of(file)] = [self.asked[file], f"{words} ({at.split(' ')[0]})"]
        return dict(sorted(found.items()))

    def classes(self) -> Iterable[list[str]]:
        """Yield configs whose rows and refusals say the same, the one with most of them first."""
        groups: dict[tuple[Any, ...], list[str]] = defaultdict(list)
        for name, rows in sorted(self.rows.items(), key=lambda item: (-len(item[1]), item[0])):
            if rows:
                one = rows.get((1, 1, 1, 0)) or next(iter(rows.values()))
                groups[one["architecture"], one["quantization"], digest(listed(one))].append(name)
        for names in groups.values():
            while names:
                first = names[0]
                alike = [name for name in names if self._within(name, first)]
                yield alike
                names[:] = [name for name in names if name not in alike]

    def _within(self, name: str, other: str) -> bool:
        mine, its = self.rows[name], self.rows[other]
        return all(key in its and digest(listed(row)) == digest(listed(its[key])) for key, row in mine.items()) and set(
            self.refused.get(name, ())
        ) <= set(self.refused.get(other, ()))


def _beside(config: Path) -> dict[str, Any]:
    """Return the files that stand beside a config: those of `NAME.json` are called `NAME.file.json`."""
    stem = config.name.removesuffix(".json")
    found = {path.name.removeprefix(f"{stem}."): path for path in config.parent.glob(f"{stem}.*config.json")}
    return {name: json.loads(path.read_text(encoding="utf-8")) for name, path in sorted(found.items())}


def stored(name: str) -> dict[str, Any]:
    """Return the facts as they are."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


def generate(recorded: Recorded, folders: Iterable[Path], *, adds: bool = False) -> None:
    """Write the facts, or add to them."""
    files = {path.name: path for folder in folders for path in folder.glob("*.json")}
    before = stored("configs") if adds else {}
    reasons: list[str] = stored("runs")["reasons"] if adds else []
    configs: dict[str, Any] = before.get("configs", {})
    runs: dict[str, Any] = stored("runs")["runs"] if adds else {}
    kept: dict[str, str] = {}
    for alike in recorded.classes():
        first = alike[0]
        config = {**json.loads(files[first].read_text(encoding="utf-8")), **recorded.given[first]}
        small = trimmed(config)
        beside = _beside(files[first])
        layouts = [*recorded.rows[first], *recorded.refused.get(first, ())]
        asked = [schedule(layout[:3], recorded.options[layout[3]]) for layout in layouts]
        if figures(config, beside, asked) != figures(small, beside, asked):
            sys.exit(f"{first}: trimmed, it has other figures")
        name = recorded.name_of(first)
        kept.update(dict.fromkeys(map(recorded.name_of, alike), first))
        rows = recorded.rows[first]
        row = next(iter(rows.values()))
        quantization = (row["quantization"] or "").removesuffix("Config")
        configs[name] = {
            "architecture": row["architecture"],
            **({"quantization": quantization} if quantization else {}),
            **({"draft": True} if row["draft"] else {}),
            **({"same": [recorded.name_of(other) for other in alike[1:]]} if alike[1:] else {}),
            "config": small,
            **({"files": beside} if beside else {}),
        }
        refusals = []
        for layout, at in recorded.refused.get(first, {}).items():
            place = at.split(" ")[0]
            said = f"{reason(at)} ({place})"
            assert reason(at), at
            if said not in reasons:
                reasons.append(said)
            refusals.append([*layout, reasons.index(said)])
        runs[name] = {
            "built": [[*key, row["elements"], row["bytes"], digest(listed(row))] for key, row in rows.items()],
            **({"refused": refusals} if refusals else {}),
        }
    pairs = before.get("pairs_of_equal_ranks", 0) + recorded.pairs
    header = {"pairs_of_equal_ranks": pairs, "not_built": {**before.get("not_built", {}), **recorded.unbuilt()}}
    order = sorted(configs, key=str.lower)
    write("configs", header, "configs", {name: configs[name] for name in order})
    fields = {"built": "tp, ep, dp, options, elements, bytes, digest", "refused": "tp, ep, dp, options, reason"}
    header = {"fields": fields, "options": recorded.options, "reasons": reasons}
    write("runs", header, "runs", {name: runs[name] for name in order})
    if adds:
        return
    lists = []
    for name, *layout in LISTED:
        config, key = kept[name], (*layout, 0)
        lists.append(
            {
                "config": recorded.name_of(config),
                "layout": list(key),
                "last_rank": digest(listed(recorded.last[config][key])),
                "tensors": listed(recorded.rows[config][key]),
            }
        )
    fields = {"tensors": "name, shape on a rank, format, count", "last_rank": "the digest of the last rank's list"}
    write("tensors", {"fields": fields}, "listed", lists)


if __name__ == "__main__":
    further = sys.argv[1] == "--add"
    rows_file, refused_file, *config_folders = map(Path, sys.argv[1 + further :])
    known = stored("runs")["options"] if further else ({},)
    with rows_file.open(encoding="utf-8") as lines:
        found = Recorded(map(json.loads, lines), json.loads(refused_file.read_text(encoding="utf-8")), known)
    generate(found, config_folders, adds=further)
