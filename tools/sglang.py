"""Write what `docs/sglang.md` says of SGLang's registry, architecture by architecture.

    python tools/sglang.py

It is the report of `llmsim-adapters coverage sglang --offline`; `tests/test_registries.py` holds the page to it.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.report import Counts, Report
    from llmsim_adapters.reported import ReportRow

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "sglang.md"
sys.path.insert(0, str(ROOT))

_KINDS: Final = {
    "causal_lm": "causal language models",
    "multimodal": "models that see or hear",
    "draft": "drafts for other models",
    "wrapper": "other implementations of any model",
    "classifier": "classifiers, rerankers, reward models",
    "encoder": "encoders and embedding models",
    "block_diffusion": "block diffusion models",
}
_EVIDENCE: Final = {
    "counted": "equals a total that others published",
    "verified": "every part is held by reference facts",
    "built": "a graph is built, and some part of it is held by nothing",
    "none": "nothing is built",
}
_CONFIGS: Final = {
    "published": "facts of a publisher's file",
    "derived": "made of such a file, as SGLang makes it",
    "class_default": "a configuration class's defaults: no published model's sizes",
    "none": "no config offline; where an id is named, `llmsim-adapters explain ID` asks for it",
}
_CAUSES: Final = 40
_GAPS: Final = 3
_HEAD: Final = "| Architectures | Fully | Partially | Not | Not evaluated |"
_RULE: Final = "| ---: | ---: | ---: | ---: | ---: |"


def summary(report: Report) -> str:
    """Return the counts by kind, category, status of configs, evidence and family."""
    counts = report.counts
    named = sum(row.coverage.status.value == "not_evaluated" and bool(row.source) for row in report.rows)
    typed = sum(bool(row.coverage.model_type or (row.entry and row.entry.model_type)) for row in report.rows)
    lines = [
        f"Of {counts.total} architectures, {counts.evaluated} are evaluated offline: {counts.fully} are fully "
        f"supported, {counts.partially} partially, {counts.unsupported} not.\n"
        f"{counts.not_evaluated} have no config at hand, of which {named} name a model to ask a hub for. "
        f"The `model_type` of {typed} is known.\n",
        _grouped("Kind", report.kinds, _KINDS),
        _grouped("Category", report.categories, {}),
        _grouped("Config", {_none(name): counts for name, counts in report.configs.items()}, _CONFIGS),
        _grouped("Evidence", report.evidence, _EVIDENCE),
        _grouped("Family", report.families, {}),
    ]
    return "\n".join(lines)


def _grouped(title: str, groups: dict[str, Counts], words: dict[str, str]) -> str:
    meaning, rule = ("Which is | ", "--- | ") if words else ("", "")
    lines = [f"| {title} | {meaning}{_HEAD[2:]}\n| --- | {rule}{_RULE[2:]}\n"]
    for name, counts in groups.items():
        said = f"| {words.get(name, '')} " if words else ""
        figures = (counts.total, counts.fully, counts.partially, counts.unsupported, counts.not_evaluated)
        lines.append(f"| {_said(name)} {said}| {' | '.join(str(figure or '') for figure in figures)} |\n")
    return "".join(lines)


def causes(report: Report) -> str:
    """Return what architectures wait for, the most frequent first."""
    lines = ["| Cause | Which is | Architectures | Alone | Unlocks |\n| --- | --- | ---: | ---: | --- |\n"]
    listed = [cause for cause in report.causes if cause.name != "config"]
    for cause in listed[:_CAUSES]:
        counts = f"{len(cause.models)} | {len(cause.alone) or ''}"
        lines.append(f"| `{cause.name}` | {cause.meaning} | {counts} | {_few(cause.alone)} |\n")
    rest = Counter(cause.meaning for cause in listed[_CAUSES:])
    if rest:
        said = "; ".join(f"{meaning}: {count}" for meaning, count in rest.most_common())
        lines.append(f"\nand {sum(rest.values())} causes more, each of few architectures ({said}).\n")
    return "".join(lines)


def rows(report: Report) -> str:
    """Return a table for each family of every architecture."""
    lines = []
    families: dict[str, list[ReportRow]] = {}
    for row in report.rows:
        families.setdefault(row.family, []).append(row)
    for family, those in families.items():
        lines += [
            f"\n### {family}\n\n",
            "| Architecture | Kind | `model_type` | Model | Config | Supported | Evidence |\n",
        ]
        lines += ["| --- | --- | --- | --- | --- | --- | --- |\n", *map(_row, those)]
        lines += _notes(those)
    return "".join(lines)


def _row(row: ReportRow) -> str:
    assert row.entry is not None
    model_type = row.coverage.model_type or row.entry.model_type or ""
    supported = row.coverage.status.value.removesuffix("_supported").replace("_", " ")
    evidence = row.coverage.evidence.value if row.coverage.builder else ""
    cells = (
        f"`{row.name}`",
        _said(row.entry.kind or ""),
        f"`{row.entry.model_type or model_type}`" if row.entry.model_type or model_type else "",
        f"`{row.source}`" if row.source else "",
        _said(row.config or ""),
        supported,
        evidence,
    )
    return f"| {' | '.join(cells)} |\n"


def _notes(those: list[ReportRow]) -> Iterator[str]:
    """Yield what is to be said of each architecture beside its row: where its config is from, and what it lacks."""
    notes = []
    for row in those:
        entry = row.entry
        assert entry is not None
        said = []
        if entry.runs:
            said.append(f"runs {entry.runs}")
        if entry.config is not None and (entry.config.kind != "published" or entry.config.how):
            said.append(f"the config is {_config(entry.config.kind)}{entry.config.said}")
        if entry.note:
            said.append(entry.note)
        if row.coverage.status.value != "not_evaluated" and row.coverage.gaps:
            gaps = [f"`{gap.name}`" for gap in row.coverage.gaps]
            more = f" and {len(gaps) - _GAPS} more" if len(gaps) > _GAPS else ""
            said.append(f"gaps: {', '.join(gaps[:_GAPS])}{more}")
        if said:
            notes.append(f"- `{row.name}`: {'; '.join(said)}.\n")
    if notes:
        yield "\n"
        yield from notes


def _config(kind: str) -> str:
    return {"derived": "made of that of ", "class_default": ""}.get(kind, "that of ")


def _none(name: str) -> str:
    return "none" if name == "unknown" else name


def _said(word: str) -> str:
    return word.replace("_", " ")


def _few(names: tuple[str, ...]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_GAPS])
    return shown + (f" and {len(names) - _GAPS} more" if len(names) > _GAPS else "")


def page() -> str:
    """Return the page with its generated parts anew."""
    from llmsim_adapters import coverage

    report = coverage("sglang", offline=True)
    text = PAGE.read_text(encoding="utf-8")
    for name, part in (("summary", summary(report)), ("causes", causes(report)), ("rows", rows(report))):
        before, _, rest = text.partition(f"<!-- {name} -->\n")
        after = rest.partition(f"<!-- end of {name} -->")[2]
        text = f"{before}<!-- {name} -->\n\n{part}\n<!-- end of {name} -->{after}"
    return text


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
