"""Measure the reference facts and write them under `facts/`: `python -m tests.reference.generate [type ...]`.

Without arguments, all of them. `published`, `chatglm`, `mtp` and `defaults` name the files that are not made
from one class of transformers.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from . import cases, chatglm, measure, mtp, published, store
from .keys import RANDOM_RUN, RUNS, UNDECLARED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TYPES = (
    "deepseek_v2",
    "deepseek_v3",
    "gemma",
    "gemma2",
    "glm",
    "llama",
    "minicpm3",
    "mistral",
    "mixtral",
    "phi3",
    "qwen2",
    "qwen3",
    "qwen3_moe",
)
"""The model types of transformers that have facts."""

Facts = dict[str, Any]


def minimal(model_type: str, changes: Facts) -> Facts:
    """The shortest raw config that says so."""
    return {"model_type": model_type, "architectures": [measure.architecture(model_type)], **changes}


def why_not(model_type: str) -> cases.Check:
    """Whether transformers builds a config and runs it."""

    def check(changes: Facts) -> str | None:
        try:
            measure.run(measure.build(minimal(model_type, changes)), *RANDOM_RUN)
        except Exception as error:
            reason = str(error).strip().splitlines()
            return f"{type(error).__name__}: {reason[-1].strip() if reason else ''}"[:160]
        return None

    return check


def default_case(model_type: str) -> Facts:
    """The class default at full size, without memory."""
    raw = minimal(model_type, {})
    return {"name": "default", "form": "default", "config": raw, **measure.totals(measure.build(raw, "meta"))}


def tiny_cases(model_type: str) -> Iterator[Facts]:
    """One tiny model, described in three forms that must mean the same."""
    raw = minimal(model_type, cases.tiny(model_type))
    config = measure.configure(raw)
    forms = {
        "minimal": raw,
        "diff": measure.serialise(config, diff=True),
        "full": measure.serialise(config, diff=False),
    }
    model = measure.build(raw)
    figures = measure.totals(model)
    for form, form_raw in forms.items():
        totals = measure.totals(measure.build(form_raw, "meta"))
        if totals != figures:
            raise AssertionError(f"{model_type}: {form} form has {totals}, minimal {figures}")
        case = {"name": f"tiny-{form}", "form": form, "config": form_raw, **totals}
        if form == "minimal":
            case |= measure.inventory(model)
            case["runs"] = [measure.run(model, *shape, decode=True) for shape in RUNS]
        yield case


def random_cases(sampler: cases.Sampler) -> Iterator[Facts]:
    """Seeded random variants, each measured; every second one in the class's own spelling of keys."""
    for number, (name, changes) in enumerate(sampler.variants()):
        spelled = cases.respell(sampler.model_type, changes) if number % 2 else changes
        raw = minimal(sampler.model_type, spelled)
        model = measure.build(raw)
        run = measure.run(model, *RANDOM_RUN)
        yield {"name": name, "form": "minimal", "config": raw, **measure.totals(model), "runs": [run]}


def write_type(model_type: str) -> None:
    """All facts of one model type."""
    sampler = cases.Sampler(model_type, why_not(model_type))
    rows = [default_case(model_type), *tiny_cases(model_type), *random_cases(sampler)]
    header = {"model_type": model_type, "unvaried": sampler.fixed, "refused": sampler.refused}
    store.write(model_type, header, "cases", rows)


def write_defaults() -> None:
    """Each class's keys with their defaults, and what a default instance makes of them."""
    rows = {}
    for model_type in TYPES:
        given = cases.declared(model_type)
        made = measure.serialise(measure.configure(minimal(model_type, {})), diff=False)
        derived = {key: made[key] for key in given if key in made and made[key] != given[key]}
        also_read = sorted(UNDECLARED.get(model_type, {}))
        aliases = cases.aliases(model_type)
        rows[model_type] = {"declared": given, "derived": derived, "also_read": also_read, "aliases": aliases}
    store.write("defaults", {}, "types", rows)


OTHERS: dict[str, Callable[[], None]] = {
    "chatglm": chatglm.write,
    "defaults": write_defaults,
    "mtp": mtp.write,
    "published": published.write,
}


def main(names: list[str]) -> None:
    """Write the named facts, or all."""
    for name in names or [*TYPES, *OTHERS]:
        start = time.monotonic()
        OTHERS[name]() if name in OTHERS else write_type(name)
        print(f"{name}: {time.monotonic() - start:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
