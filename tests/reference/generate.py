"""Measure the reference facts and write them under `facts/`: `python -m tests.reference.generate [type ...]`.

Without arguments, all of them. `bare`, `published`, `chatglm`, `mtp`, `defaults`, `edges`, `experts_of_media`, `heads`,
`mutated`, `spelled`, `towers` and those of `stand_ins` name the files that are not made from one class of transformers.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

from . import (
    bare,
    cases,
    chatglm,
    edges,
    experts_of_media,
    fields,
    heads,
    inert,
    measure,
    mtp,
    mutated,
    published,
    spelled,
    stand_ins,
    store,
    tower_runs,
    towers,
)
from .rows import UNDECLARED, WEIGHTS_ALONE, WHOLE
from .values import RANDOM_RUN, RUNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TYPES = tuple(sorted(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES))
"""The model types of transformers that have facts: all causal language models."""

TIMEOUT = 150
"""Seconds for one model type."""

LARGEST_TINY = 20_000_000
"""Parameters beyond which a tiny model is not tried."""

FAILED = "FAILED"
"""The file that says which types failed, and why."""

Facts = dict[str, Any]


def minimal(model_type: str, changes: Facts) -> Facts:
    """The shortest raw config that says so."""
    whole = fields.nested(changes)
    return {"model_type": model_type, "architectures": [measure.architecture(model_type)], **whole}


def why_not(model_type: str) -> cases.Check:
    """Whether transformers builds a config and runs it."""

    def check(changes: Facts) -> str | None:
        try:
            model = measure.build(minimal(model_type, changes))
            if model_type not in WEIGHTS_ALONE:
                measure.run(model, *RANDOM_RUN, twice=False)
        except Exception as error:
            return measure.say(error)
        return None

    return check


def default_case(model_type: str) -> Facts:
    """The class default at full size, without memory; or why transformers refuses it."""
    raw = minimal(model_type, {})
    facts = {"name": "default", "form": "default", "config": raw}
    try:
        return facts | measure.totals(measure.build(raw, "meta"))
    except Exception as error:
        return facts | {"parameters": None, "refused": measure.say(error)}


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
            shapes = () if model_type in WEIGHTS_ALONE else RUNS
            case["runs"] = [measure.run(model, *shape, decode=True) for shape in shapes]
        yield case


def random_cases(sampler: cases.Sampler) -> Iterator[Facts]:
    """Seeded random variants, each measured; every second one in the class's own spelling of keys."""
    for number, (name, changes) in enumerate(sampler.variants()):
        spelled = fields.respell(sampler.model_type, changes)
        if number % 2 == 0 or sampler.why_not(spelled):
            spelled = changes
        raw = minimal(sampler.model_type, spelled)
        model = measure.build(raw)
        runs = [] if sampler.model_type in WEIGHTS_ALONE else [measure.run(model, *RANDOM_RUN)]
        yield {"name": name, "form": "minimal", "config": raw, **measure.totals(model), "runs": runs}


def whole_case(model_type: str) -> Facts:
    """The tiny model with what its causal language model leaves out beside it."""
    architecture, sizes = WHOLE[model_type]
    raw = minimal(model_type, cases.tiny(model_type)) | sizes | {"architectures": [architecture]}
    raw = measure.serialise(measure.configure(raw), diff=False)
    model = measure.build(raw)
    facts = {"name": "whole", "form": "full", "config": raw, **measure.totals(model), **measure.inventory(model)}
    return facts | {"runs": [measure.run(model, *RANDOM_RUN)]}


def write_type(model_type: str, folder: Path) -> None:
    """All facts of one model type."""
    size = measure.totals(measure.build(minimal(model_type, cases.tiny(model_type)), "meta"))["parameters"]
    if size > LARGEST_TINY:
        raise ValueError(f"the tiny model has {size} parameters: the tables lack rows for this type")
    sampler = cases.Sampler(model_type, why_not(model_type))
    rows = [default_case(model_type), *tiny_cases(model_type), *random_cases(sampler)]
    if model_type in WHOLE:
        rows.append(whole_case(model_type))
    header = {"model_type": model_type, "unvaried": sampler.fixed, "refused": sampler.refused}
    store.write(model_type, header, "cases", rows, folder)


def write_defaults(folder: Path) -> None:
    """Each class's keys with their defaults, and what a default instance makes of them."""
    rows = {}
    for model_type in TYPES:
        given = fields.declared(model_type)
        facts: Facts = {"declared": given}
        try:
            made = measure.serialise(measure.configure(minimal(model_type, {})), diff=False)
        except Exception as error:
            facts["derived"] = {}
            facts["refused"] = measure.say(error)
        else:
            found = fields.flat(made, given)
            facts["derived"] = {key: found[key] for key in given if key in found and found[key] != given[key]}
        facts["also_read"] = sorted(UNDECLARED.get(model_type, {}))
        rows[model_type] = facts | {"aliases": fields.aliases(model_type)}
    store.write("defaults", {}, "types", rows, folder)


OTHERS: dict[str, Callable[[Path], None]] = {
    "bare": bare.write,
    "chatglm": chatglm.write,
    "defaults": write_defaults,
    "edges": edges.write,
    "experts_of_media": experts_of_media.write,
    "inert": partial(inert.write, TYPES),
    "heads": heads.write,
    "towers": towers.write,
    "tower_runs": tower_runs.write,
    "mtp": mtp.write,
    "mutated": mutated.write,
    "published": published.write,
    "spelled": spelled.write,
    stand_ins.PUBLISHED: stand_ins.write_published,
    **{name: partial(stand_ins.write, name) for name in stand_ins.STAND_INS},
}


def out_of_time(*_: Any) -> None:
    """Answer the alarm."""
    raise Expired


class Expired(BaseException):
    """A type took too long; no handler of a type's own errors may catch this."""


def attempt(name: str, folder: Path, timeout: int) -> str | None:
    """Write the named facts; what went wrong, if something did."""
    signal.signal(signal.SIGALRM, out_of_time)
    signal.alarm(0 if name in OTHERS else timeout)
    try:
        OTHERS[name](folder) if name in OTHERS else write_type(name, folder)
    except Expired:
        return f"more than {timeout} s"
    except Exception as error:
        return measure.say(error)
    finally:
        signal.alarm(0)
    return None


def main() -> None:
    """Write the named facts, or all; `FAILED.json` says which could not be had."""
    parser = argparse.ArgumentParser(prog="python -m tests.reference.generate", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help="a model type, or a file of facts")
    parser.add_argument("--folder", type=Path, default=store.FACTS, help="where to write (default: facts/)")
    parser.add_argument("--timeout", type=int, default=TIMEOUT, help="seconds for one type")
    asked = parser.parse_args()
    report = asked.folder / f"{FAILED}.json"
    failed = json.loads(report.read_text(encoding="utf-8"))["types"] if report.exists() else {}
    for name in asked.names or [*TYPES, *OTHERS]:
        start = time.monotonic()
        failed.pop(name, None)
        if reason := attempt(name, asked.folder, asked.timeout):
            failed[name] = reason
        print(f"{name}: {time.monotonic() - start:.1f} s {reason or ''}", file=sys.stderr, flush=True)
        store.write(FAILED, {}, "types", dict(sorted(failed.items())), asked.folder)


if __name__ == "__main__":
    main()
