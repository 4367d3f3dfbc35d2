"""The command `llmsim-adapters`.

Data goes to standard output, talk to standard error. Exit codes: 0 for an answer; 1 where the model can't be
answered, or where a threshold that the user set is missed; 2 for misuse: options, a schedule, a registry, a builder's
name or a source that can't be. What each command needs is imported when it runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from llmsim_adapters import __version__
from llmsim_adapters.cli.group import MISUSE, Commands, Failed
from llmsim_adapters.cli.options import (
    engine_options,
    fields_of,
    format_option,
    hub_options,
    model_options,
    schedule_of,
)
from llmsim_adapters.cli.output import emit, warn, write

if TYPE_CHECKING:
    from llmsim_adapters.errors import ConfigUnavailable
    from llmsim_adapters.model import BuildError, Model
    from llmsim_adapters.scaffold.project import Kind

PERCENT = click.FloatRange(0, 100)


@click.group(cls=Commands, no_args_is_help=False, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--plugin", "plugins", multiple=True, metavar="PATH", help="Try a plugin: file.py, or a project's folder."
)
@click.version_option(__version__, "--version", message="%(prog)s %(version)s", prog_name="llmsim-adapters")
def main(plugins: tuple[str, ...] = ()) -> None:
    """Which LLMSim builder can model a Hugging Face config, which gaps remain, and the operator graph.

    A SOURCE is the path of a config.json or of its folder, org/name, huggingface.co/org/name or
    modelscope.cn/org/name.

    Exit codes: 0 answered, 1 not answered or below a threshold, 2 misuse.
    """
    for path in plugins:
        _try(path)


@main.command()
@click.argument("registry", default="report")
@hub_options
@click.option("--fail-under", type=PERCENT, metavar="PCT", help="Exit 1 where overall coverage is less.")
@click.option("--fail-under-full", type=PERCENT, metavar="PCT", help="Exit 1 where full coverage is less.")
@format_option
def coverage(
    registry: str,
    offline: bool,
    endpoint: str | None,
    fail_under: float | None,
    fail_under_full: float | None,
    wanted: str,
) -> None:
    """Report on a REGISTRY of models: report (the default), sglang, or the path of a file."""
    from llmsim_adapters.cli.coverage import Threshold, document
    from llmsim_adapters.cli.progress import progress
    from llmsim_adapters.registries.registry import RegistryError
    from llmsim_adapters.report import coverage as evaluate

    try:
        with progress("configs") as told:
            report = evaluate(registry, endpoint=endpoint, offline=offline, progress=told)
    except RegistryError as error:
        raise Failed(str(error), MISUSE) from error
    _warn_of_broken_plugins()
    emit(wanted, lambda: document(report, full=wanted == "markdown"), report.to_dict)
    thresholds = (
        Threshold("overall coverage", report.overall_coverage, fail_under),
        Threshold("full coverage", report.full_coverage, fail_under_full),
    )
    missed = [sentence for threshold in thresholds if (sentence := threshold.missed())]
    if missed:
        raise Failed("; ".join(missed))


@main.command()
@click.argument("source")
@model_options
def explain(source: str, wanted: str, builder: str | None, **options: Any) -> None:
    """Say of one model why: status, gaps, claims, parameters, and the working of every figure."""
    from llmsim_adapters.cli import explain as content
    from llmsim_adapters.errors import ConfigUnavailable
    from llmsim_adapters.graph.schedule import ScheduleError
    from llmsim_adapters.model import BuildError, not_found

    options, hub = _split(options)
    schedule = schedule_of(**options)
    working = None
    failure: Exception | None = None
    try:
        model = _load(source, hub)
    except ConfigUnavailable as error:
        _refuse_misuse(error)
        answer, failure = not_found(error), error
    else:
        answer = model.coverage
        _refuse_unknown(builder, model)
        try:
            working = model.explain(schedule, builder)
        except ScheduleError as error:
            raise Failed(str(error), MISUSE) from error
        except BuildError as error:
            failure = _reason(error, builder)
    used = None if working is None else builder or answer.builder
    _warn_of_broken_plugins()
    emit(
        wanted,
        lambda: content.document(source, answer, schedule, working),
        lambda: content.data(source, answer, schedule, used, working),
    )
    if failure is not None:
        raise Failed(str(failure)) from failure


@main.command()
@click.argument("source")
@click.option("--weights", is_flag=True, help="List every tensor, too; JSON always does.")
@model_options
def build(source: str, wanted: str, builder: str | None, weights: bool, **options: Any) -> None:
    """Build the operator graph of one model, for one rank: operators, transfers, totals, caches and weights."""
    from llmsim_adapters.cli import build as content
    from llmsim_adapters.errors import ConfigUnavailable
    from llmsim_adapters.graph.schedule import ScheduleError
    from llmsim_adapters.model import BuildError

    options, hub = _split(options)
    schedule = schedule_of(**options)
    try:
        model = _load(source, hub)
    except ConfigUnavailable as error:
        _refuse_misuse(error)
        raise
    _refuse_unknown(builder, model)
    try:
        graph = model.build(schedule, builder)
    except ScheduleError as error:
        raise Failed(str(error), MISUSE) from error
    except BuildError as error:
        raise _reason(error, builder) from error
    if graph.gaps:
        names = ", ".join(gap.name for gap in graph.gaps)
        warn(f"builder {graph.builder} models this in part; left out or in doubt: {names}")
    for note in graph.notes:
        warn(note)
    for failure in _failures(model):
        warn(failure)
    _warn_of_broken_plugins()
    emit(
        wanted,
        lambda: content.document(source, model.coverage, graph, weights=weights),
        lambda: content.data(source, model.coverage, graph),
    )


@main.command()
@format_option
def builders(wanted: str) -> None:
    """List the builders, what each needs and models, and the plugins that are broken."""
    from llmsim_adapters.api import builders as installed
    from llmsim_adapters.cli.builders import data, document

    found = installed()
    emit(wanted, lambda: document(found), lambda: data(found))


@main.command()
@format_option
def plugins(wanted: str) -> None:
    """List the plugins, what each brings, the hooks that it implements, and conflicts and faults."""
    from llmsim_adapters.cli.plugins import data, document
    from llmsim_adapters.plugins.manager import registered

    said = data(registered())
    emit(wanted, lambda: document(said), lambda: said)


@main.command()
@click.argument("plugin", required=False, metavar="[PATH|DISTRIBUTION]")
@format_option
def check(plugin: str | None, wanted: str) -> None:
    """Look for mistakes in a plugin: file.py, a project's folder or an installed distribution; without it, in all."""
    from llmsim_adapters.cli import check as content

    looked_at, problems = content.check(plugin)
    emit(wanted, lambda: content.document(looked_at, problems), lambda: content.data(looked_at, problems))
    if problems:
        raise Failed(f"problems found: {len(problems)}")


@main.command()
@format_option
def names(wanted: str) -> None:
    """List the words that a plugin is written with: canonical parameters, features, components and their fields."""
    from llmsim_adapters.cli.names import data, document
    from llmsim_adapters.plugins.manager import registered

    said = data(registered())
    emit(wanted, lambda: document(said), lambda: said)


@main.command()
@click.option("--optimizer", is_flag=True, help="Run LLMSim's optimizer instead.")
@engine_options
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[-- LLMSIM_ARGUMENTS]")
def llmsim(arguments: tuple[str, ...], optimizer: bool, **options: Any) -> None:
    """Run LLMSim on any supported model: its own command line, with configs and operators of this package.

    LLMSim is imported from where Python finds its `src`, or from the checkout that the environment variable LLMSIM_HOME
    names. Try `llmsim-adapters llmsim -- --help`.
    """
    from llmsim_adapters.cli.llmsim import run

    run(arguments, optimizer=optimizer, **fields_of(**options))


@main.command()
@click.argument("name")
@click.option("--folder", type=click.Path(), help="Where the project is to be.  [default: NAME]")
@click.option("--model-type", "kind", flag_value="model_type", help="A model type alone, for built-in builders.")
@click.option(
    "--builder", "kind", flag_value="builder", default="builder", help="A model type and a builder (default)."
)
@click.option("--component", "kind", flag_value="component", help="With a component of its own beside both.")
@click.option("--engine", "kind", flag_value="engine", help="An engine alone.")
def new(name: str, folder: str | None, kind: Kind) -> None:
    """Write the project of a plugin that passes its own tests: NAME is that of its distribution, as in llmsim-acme."""
    from llmsim_adapters.scaffold import ScaffoldError, create

    try:
        files = create(name, folder, kind=kind)
    except ScaffoldError as error:
        raise Failed(str(error), MISUSE) from error
    write("".join(f"{file}\n" for file in files))


@main.command()
@click.argument("name", required=False, metavar="[NAME]")
def schema(name: str | None) -> None:
    """Print the JSON schema of an output.

    NAME is report, explanation, graph, builders, plugins, check or names, which `--format json` writes, or a part of
    them: coverage or working. Without it, all of them.
    """
    import json

    from llmsim_adapters.documents import SCHEMAS, schema_of

    if name is not None and name not in SCHEMAS:
        raise click.UsageError(f"no schema {name!r}; there are {', '.join(SCHEMAS)}")
    found = schema_of(name) if name else {each: schema_of(each) for each in SCHEMAS}
    write(json.dumps(found, indent=2) + "\n")


def _warn_of_broken_plugins() -> None:
    """Name the plugins that took no part in an answer, which their users may have waited for."""
    from llmsim_adapters.plugins.manager import registered

    for plugin in registered().faults():
        warn(str(plugin))


def _try(path: str) -> None:
    from llmsim_adapters.plugins.files import NoPlugin
    from llmsim_adapters.plugins.manager import try_plugin

    try:
        try_plugin(path)
    except NoPlugin as error:
        raise Failed(str(error), MISUSE) from error


def _failures(model: Model) -> list[str]:
    """Return what went wrong in plugins' builders, which might have built this model otherwise."""
    from llmsim_adapters.gap import GapKind

    found = [(claim.builder, gap) for claim in model.coverage.claims for gap in claim.gaps]
    return [f"builder {name} failed: {gap.detail}" for name, gap in found if gap.kind is GapKind.PLUGIN_ERROR]


def _split(options: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the options of the schedule, and those of the search for the config."""
    hub = {name: options.pop(name) for name in ("revision", "endpoint", "offline")}
    return options, hub


def _load(source: str, hub: dict[str, Any]) -> Model:
    from llmsim_adapters.model import load

    return load(source, **hub)


def _refuse_misuse(error: ConfigUnavailable) -> None:
    """End with exit code 2 where the source can't be one, whatever the hubs have."""
    if any(answer.kind == "invalid_id" for answer in error.answers):
        raise Failed(str(error), MISUSE) from error


def _reason(error: BuildError, builder: str | None) -> Failed:
    """Return why there is no graph; where one builder was asked for, its own reasons and not the best one's."""
    for claim in error.coverage.claims:
        if claim.builder == builder and not claim.claims:
            reasons = [f"the config lacks {name}" for name in claim.missing_parameters]
            reasons += [gap.detail for gap in claim.gaps]
            return Failed(f"builder {builder} does not claim this model: {'; '.join(reasons)}")
    return Failed(str(error))


def _refuse_unknown(builder: str | None, model: Model) -> None:
    known = [claim.builder for claim in model.coverage.claims]
    if builder is not None and builder not in known:
        raise Failed(f"no builder {builder!r}; registered are: {', '.join(sorted(known)) or 'none'}", MISUSE)
