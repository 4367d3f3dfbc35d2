"""The command `llmsim-adapters`.

Data goes to standard output, talk to standard error. Exit codes: 0 for an answer; 1 where the model can't be
answered, or where a threshold that the user set is missed; 2 for misuse: options, a schedule, a registry, a builder's
name or a source that can't be. What each command needs is imported when it runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from llmsim_adapters import __version__
from llmsim_adapters.cli.authoring import check, names, new, plugins
from llmsim_adapters.cli.census import census
from llmsim_adapters.cli.command import examples
from llmsim_adapters.cli.group import MISUSE, Commands, Failed
from llmsim_adapters.cli.layouts import compare, fit
from llmsim_adapters.cli.media import media_options
from llmsim_adapters.cli.models import (
    beside,
    failures,
    find_draft,
    find_model,
    reason,
    refuse_misuse,
    refuse_unknown,
    refused,
    split,
    try_plugin,
    warn_of_broken_plugins,
    with_headers,
)
from llmsim_adapters.cli.options import (
    completed,
    draft_option,
    engine_options,
    fields_of,
    format_option,
    hub_options,
    model_options,
    schedule_of,
    show_settings,
    source_argument,
)
from llmsim_adapters.cli.output import Wanted, emit, warn, write
from llmsim_adapters.cli.prove import prove
from llmsim_adapters.cli.registry import registry as registry_group
from llmsim_adapters.cli.report_options import Asked, report_options

if TYPE_CHECKING:
    from llmsim_adapters.cli.document import Document


@click.group(cls=Commands, no_args_is_help=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-q", "--quiet", is_flag=True, help="Print no warnings.")
@click.option("--no-config", is_flag=True, help="Ignore llmsim-adapters.toml and pyproject.toml.")
@click.option(
    "--show-config",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=show_settings,
    help="Show what these files set here, and exit.",
)
@click.option("--plugin", "tried", multiple=True, metavar="PATH", help="Try a plugin: file.py, or a project's folder.")
@click.version_option(__version__, "--version", message="%(prog)s %(version)s", prog_name="llmsim-adapters")
@click.pass_context
def main(context: click.Context, quiet: bool, no_config: bool, tried: tuple[str, ...] = ()) -> None:
    """Which LLMSim builder can model a Hugging Face config, which gaps remain, and the operator graph.

    A SOURCE is the path of a config.json or of its folder, org/name, huggingface.co/org/name or
    modelscope.cn/org/name.

    Exit codes: 0 answered, 1 not answered or below a threshold, 2 misuse.
    """
    del quiet  # which `warn` heeds
    if not no_config:
        from llmsim_adapters.cli import settings

        if (found := settings.found()) is not None:
            names = {name: {str(each.name) for each in command.params} for name, command in main.commands.items()}
            context.default_map = settings.defaults(found, names)
    for path in tried:
        try_plugin(path)


@main.command(
    short_help="Report on a registry, or on some models.",
    **examples("coverage --offline", "coverage my_registry.json --fail-under 95 --html report.html"),
)
@click.argument(
    "registry", nargs=-1, metavar="[REGISTRY | SOURCE...]", shell_complete=completed("registries", files=True)
)
@click.option("--prove", is_flag=True, help="Hold the headers of each model's files against its graph, too.")
@click.option(
    "--record", is_flag=True, help="Keep the proofs in the REGISTRY, a file, from which they are had offline."
)
@hub_options
@report_options
@format_option
def coverage(
    registry: tuple[str, ...],
    prove: bool,
    record: bool,
    offline: bool,
    endpoint: str | None,
    timeout: float,
    asked: Asked,
    wanted: Wanted,
) -> None:
    """Report on a REGISTRY of models: report (the default), sglang, or the path of a file.

    Or on the models whose SOURCEs are given.
    """
    from llmsim_adapters.cli.coverage import document, keep_proofs, listed
    from llmsim_adapters.cli.progress import progress
    from llmsim_adapters.registries.registry import RegistryError
    from llmsim_adapters.report import coverage as evaluate

    models = listed(registry)
    if record and not (prove and isinstance(models, str)):
        message = "--record needs --prove and one REGISTRY, a file"
        raise Failed(message, MISUSE)
    try:
        with progress("configs") as bar:
            report = evaluate(
                models,
                endpoint=endpoint,
                offline=offline,
                timeout=timeout,
                progress=bar.told,
                waiting=bar.waiting,
                prove=prove,
                announce=bar.says,
            )
    except RegistryError as error:
        raise Failed(str(error), MISUSE) from error
    if record:
        keep_proofs(str(models), report)
    warn_of_broken_plugins()
    changed = asked.answer(report)
    emit(wanted, changed or (lambda: document(report, full=wanted.format == "markdown")), report.to_dict)
    if missed := asked.missed(report):
        raise Failed("; ".join(missed))


@main.command(
    short_help="Is a model supported, how large is it, and why?",
    **examples("explain Qwen/Qwen3-8B", "explain deepseek-ai/DeepSeek-V3 --tp 8 --ep 8 --why weights"),
)
@source_argument
@click.option(
    "--why",
    multiple=True,
    metavar="WHAT",
    shell_complete=completed("why"),
    help="Unfold one thing: weights, kv, state, flops, moved, sent, parameters; an operator or a component; "
    "gaps, builders, config or notes.",
)
@click.option("--full", is_flag=True, help="Everything: claims, parameters, and the working of every figure.")
@draft_option
@click.option("--headers", is_flag=True, help="Of a type that nobody declared, read the headers of its files, too.")
@model_options
def explain(
    source: str,
    wanted: Wanted,
    builder: str | None,
    why: tuple[str, ...],
    full: bool,
    draft: str | None,
    headers: bool,
    **options: Any,
) -> None:
    """Say of one model whether it is supported, how large it is and what a step costs, and why.

    JSON always holds everything.
    """
    from llmsim_adapters.cli import explain as content
    from llmsim_adapters.cli import short
    from llmsim_adapters.errors import ConfigUnavailable
    from llmsim_adapters.evaluated import BuildError
    from llmsim_adapters.graph.schedule import ScheduleError
    from llmsim_adapters.loading import not_found

    options, hub = split(options)
    schedule = schedule_of(**options)
    working = graph = None
    failure: Exception | None = None
    drafting = find_draft(draft, hub)
    try:
        model = find_model(source, hub)
        if headers:
            model = with_headers(model, hub)
    except ConfigUnavailable as error:
        refuse_misuse(error)
        answer, failure = not_found(error), error
    else:
        answer = model.coverage
        refuse_unknown(builder, model)
        try:
            if full or why or wanted.format == "json":
                working = model.explain(schedule, builder, draft=drafting)
            else:  # a graph without formulas is made in half the time
                graph = model.build(schedule, builder, draft=drafting)
        except ScheduleError as error:
            failure = refused(error, schedule)
        except BuildError as error:
            failure = reason(error, builder)
    used = None if working is None else builder or answer.builder

    def document() -> Document:
        title = beside(source, draft)
        if why:
            from llmsim_adapters.cli.why import document as unfolded

            return unfolded(title, answer, schedule, working, why)
        if full:
            return content.document(title, answer, schedule, working)
        return short.document(title, answer, schedule, graph)

    warn_of_broken_plugins()
    emit(wanted, document, lambda: content.data(source, answer, schedule, used, working))
    if failure is not None:
        raise Failed(str(failure)) from failure


@main.command(
    short_help="Operators, transfers, caches and weights of one rank.",
    **examples(
        "build Qwen/Qwen3-8B --mode decode --context-len 8191",
        "build deepseek-ai/DeepSeek-V3 --tp 8 --ep 8 -o graph.json",
    ),
)
@source_argument
@click.option("--weights", is_flag=True, help="List every tensor, too; JSON always does.")
@draft_option
@model_options
def build(source: str, wanted: Wanted, builder: str | None, weights: bool, draft: str | None, **options: Any) -> None:
    """Build the operator graph of one model, for one rank: operators, transfers, totals, caches and weights."""
    from llmsim_adapters.cli import build as content
    from llmsim_adapters.errors import ConfigUnavailable
    from llmsim_adapters.evaluated import BuildError
    from llmsim_adapters.graph.schedule import ScheduleError

    options, hub = split(options)
    schedule = schedule_of(**options)
    drafting = find_draft(draft, hub)
    try:
        model = find_model(source, hub)
    except ConfigUnavailable as error:
        refuse_misuse(error)
        raise
    refuse_unknown(builder, model)
    try:
        graph = model.build(schedule, builder, draft=drafting)
    except ScheduleError as error:
        raise refused(error, schedule) from error
    except BuildError as error:
        raise reason(error, builder) from error
    if graph.gaps:
        names = ", ".join(gap.name for gap in graph.gaps)
        warn(f"builder {graph.builder} models this in part; left out or in doubt: {names}")
    for note in graph.notes:
        warn(note)
    for failure in failures(model):
        warn(failure)
    warn_of_broken_plugins()
    emit(
        wanted,
        lambda: content.document(beside(source, draft), model.coverage, graph, weights=weights),
        lambda: content.data(source, model.coverage, graph),
    )


@main.command(
    short_help="What is installed, and what is broken.",
    **examples("builders", "builders qwen3_moe"),
)
@click.argument("name", required=False, metavar="[NAME]", shell_complete=completed("builders"))
@format_option
def builders(name: str | None, wanted: Wanted) -> None:
    """List the builders, the engines and the plugins that are broken.

    With the NAME of a builder or an engine: what it needs and models. JSON always has all of it.
    """
    from llmsim_adapters.api import builders as installed
    from llmsim_adapters.cli.builders import data, document

    found = installed()
    known = [*(entry.name for entry in found.registered), *(entry.name for entry in found.engines)]
    if name is not None and name not in known:
        from llmsim_adapters.spelling import meant

        raise Failed(f"no builder or engine {name!r}{meant(name, known)}; there are {', '.join(known)}", MISUSE)
    emit(wanted, lambda: document(found, name), lambda: data(found))


@main.command(
    short_help="Run LLMSim on any supported model.",
    **examples("llmsim -- --model_path Qwen/Qwen3-8B --tp_size 2", "llmsim --optimizer -- --help"),
)
@click.option("--optimizer", is_flag=True, help="Run LLMSim's optimizer instead.")
@media_options
@engine_options
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[-- LLMSIM_ARGUMENTS]")
def llmsim(arguments: tuple[str, ...], optimizer: bool, **options: Any) -> None:
    """Run LLMSim on any supported model: its own command line, with configs and operators of this package.

    LLMSim is imported from where Python finds its `src`, or from the checkout that the environment variable LLMSIM_HOME
    names. Try `llmsim-adapters llmsim -- --help`.
    """
    from llmsim_adapters.cli.llmsim import run

    run(arguments, optimizer=optimizer, **fields_of(**options))


@main.command(
    short_help="Print how a shell completes the command.",
    **examples("completion bash >> ~/.bashrc", "completion fish > llmsim-adapters.fish"),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what a SHELL is to run once, so that it completes commands, options and what they take."""
    from llmsim_adapters.cli.completion import script

    write(script(shell, main, "llmsim-adapters"))


@main.command(
    short_help="Print the JSON schema of an output.",
    **examples("schema", "schema explanation"),
)
@click.argument("name", required=False, metavar="[NAME]", shell_complete=completed("schemas"))
def schema(name: str | None) -> None:
    """Print the JSON schema of an output.

    NAME is report, explanation, graph, builders, comparison, fit, census, plugins, check or names, which
    `--format json` writes, or a part of them: coverage or working. Without it, all of them.
    """
    import json

    from llmsim_adapters.documents import SCHEMAS, schema_of

    if name is not None and name not in SCHEMAS:
        from llmsim_adapters.spelling import meant

        raise click.UsageError(f"no schema {name!r}{meant(name, SCHEMAS)}; there are {', '.join(SCHEMAS)}")
    found = schema_of(name) if name else {each: schema_of(each) for each in SCHEMAS}
    write(json.dumps(found, indent=2) + "\n")


for command in (registry_group, census, compare, fit, prove, new, plugins, check, names):
    main.add_command(command)
