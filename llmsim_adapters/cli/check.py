"""What `check` says: what is wrong with a plugin, without tests of its own.

What loading it shows, and what a trial of each model type does: a config of usual sizes, built in several ways.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.cli.document import Cell, Document, section, table
from llmsim_adapters.cli.group import MISUSE, Failed
from llmsim_adapters.evaluated import BuildError
from llmsim_adapters.gap import GapKind
from llmsim_adapters.graph.schedule import Schedule, ScheduleError
from llmsim_adapters.model import Model
from llmsim_adapters.plugins.files import NoPlugin
from llmsim_adapters.plugins.manager import registered, try_plugin
from llmsim_adapters.plugins.registered import HOST
from llmsim_adapters.sources import find
from llmsim_adapters.spelling import meant
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from llmsim_adapters.dialects.reading.dialect import Dialect
    from llmsim_adapters.plugins.registered import Registered

_SIZES: Final = {
    "vocab_size": 1000,
    "hidden_size": 96,
    "intermediate_size": 160,
    "num_hidden_layers": 4,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "num_experts": 8,
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 48,
}
_SCHEDULES: Final = (
    Schedule(engine="checkpoint", batch_size=2, seq_len=64),
    Schedule(engine="checkpoint", mode="decode", context_len=9001),
    Schedule(batch_size=2, seq_len=64, tp_size=2),
)


class Problem(NamedTuple):
    """Something that is wrong with a plugin."""

    plugin: str
    problem: str


def check(given: str | None) -> tuple[list[str], list[Problem]]:
    """Return the plugins that were looked at, and what is wrong with them.

    Raises:
        Failed: there is no such plugin.
    """
    found, wanted = _found(given)
    own = [fault for fault in found.faults() if not fault.distribution or fault.distribution in wanted]
    problems = [Problem(f"{fault.distribution} {fault.version}".strip(), fault.error) for fault in own]
    for model_type, dialect in found.dialects.items():
        owner = found.owners[("model type", model_type)]
        if owner.rpartition(" ")[0] in wanted or owner in {f"{name} (not installed)" for name in wanted}:
            problems += [Problem(owner, problem) for problem in dict.fromkeys(_trial(dialect, found))]
    return sorted(wanted), problems


def _found(given: str | None) -> tuple[Registered, Collection[str]]:
    """Return what is registered, and the names of the distributions to look at."""
    if given is not None and (os.sep in given or given.endswith(".py") or Path(given).is_dir()):
        try:
            points = try_plugin(given)
        except NoPlugin as error:
            raise Failed(str(error), MISUSE) from error
        return registered(), {point.distribution for point in points}
    found = registered()
    there = {plugin.distribution for plugin in found.plugins if plugin.distribution != HOST}
    if given is None:
        return found, there
    if given not in there:
        known = f"plugins are of: {', '.join(sorted(there))}" if there else "no plugin is installed"
        message = f"no plugin of a distribution {printable(given)!r}{meant(given, there)}; {known}; or give a path"
        raise Failed(message, MISUSE)
    return found, {given}


def _trial(dialect: Dialect, found: Registered) -> Iterator[str]:
    """Yield what goes wrong with a config of usual sizes; what a dialect asks for beyond them is no fault of it."""
    own = {target: key for key, target in dialect.aliases.items()}
    sizes = {own.get(name, name): size for name, size in _SIZES.items()}
    text = {dialect.text_config: sizes} if dialect.text_config else sizes
    config = {"model_type": dialect.model_type, "architectures": ["TrialForCausalLM"], **text}
    model = Model(find(config, offline=True), plugins=found)
    coverage = model.coverage
    gaps = [*coverage.gaps, *(gap for claim in coverage.claims for gap in claim.gaps)]
    yield from (gap.detail for gap in gaps if gap.kind is GapKind.PLUGIN_ERROR)
    if model.spec is None:
        return
    if coverage.builder is None:
        reasons = "; ".join(gap.detail for gap in coverage.gaps if gap.kind is not GapKind.UNREAD_KEY)
        yield f"no builder claims a model of the type `{dialect.model_type}`: {reasons}"
        return
    for schedule in _SCHEDULES:
        try:
            model.build(schedule)
        except ScheduleError:
            continue  # the trial's sizes can't be spread so
        except BuildError as error:
            yield str(error)


def document(looked_at: list[str], problems: list[Problem]) -> Document:
    """Return what was found."""
    rows = [(Cell(problem.plugin, "bad"), problem.problem) for problem in problems]
    title = f"Checked: {', '.join(looked_at) or 'nothing, for no plugin is installed'}"
    found = table("Plugin|Problem", rows) if rows else "No problems found."
    return Document(title, (section(f"Problems: {len(problems)}", found),))


def data(looked_at: list[str], problems: list[Problem]) -> dict[str, Any]:
    """Return the same, ready for JSON."""
    return {"checked": looked_at, "problems": [problem._asdict() for problem in problems]}
