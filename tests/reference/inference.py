"""How good the inferring dialect is: every declared type read as if nobody had declared it.

    python -m tests.reference.inference

writes `docs/inference.md`: for each type's real configs, how often the total of parameters comes out exact, within one
percent, wrong, or refused, when only the keys are read. It needs the package and the facts, not torch.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Final

from llmsim_adapters.dialects.read import read
from llmsim_adapters.graph.schedule import Schedule
from llmsim_adapters.lowerings.wiring import wire
from tests.facts import CASES

PAGE: Final = Path(__file__).parents[2] / "docs" / "inference.md"
OUTCOMES: Final = ("exact", "within 1 %", "wrong", "refused")

_HEAD: Final = """# Types that nobody declared

A config of a type without a dialect is read by its keys alone. Each assumption that no key confirms is an `inferred`
gap, and such a model is never better than partially supported. This page measures how good that is: each declared type
is read as if it were not declared, and the total of parameters is compared with that of the real model (the tiny and
random models of the reference facts, every configuration once). `python -m tests.reference.inference` writes it.

"""


def outcome(case: dict[str, Any]) -> str:
    """Return how near the total comes when a case's config is read by its keys alone."""
    reading = read(case["config"], by_keys_alone=True)
    if reading.spec is None:
        return "refused"
    figure = wire(reading.spec, Schedule()).parameters
    if figure == case["parameters"]:
        return "exact"
    return "within 1 %" if abs(figure - case["parameters"]) * 100 <= case["parameters"] else "wrong"


def outcomes() -> dict[str, Counter[str]]:
    """Return the outcomes of each type's cases; cases that leave sizes to class defaults can only be refused."""
    found: dict[str, Counter[str]] = {}
    for model_type, case in CASES:
        if case["form"] in ("diff", "full"):
            found.setdefault(model_type, Counter())[outcome(case)] += 1
    return found


def page() -> str:
    """Return the page in Markdown."""
    table = outcomes()
    best = Counter(next(name for name in OUTCOMES if counts[name]) for counts in table.values())
    lines = [
        f"Of {len(table)} types, " + ", ".join(f"{best[name]} are {name}" for name in OUTCOMES) + " at their best.",
        "",
        "| type | " + " | ".join(OUTCOMES) + " |",
        "| --- " * (len(OUTCOMES) + 1) + "|",
    ]
    for model_type, counts in sorted(table.items()):
        lines.append(f"| {model_type} | " + " | ".join(str(counts[name] or "") for name in OUTCOMES) + " |")
    return _HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
