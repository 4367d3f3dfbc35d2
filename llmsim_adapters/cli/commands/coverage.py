"""`coverage`: how much of a registry, or of some models, is supported."""

from __future__ import annotations

import click

from llmsim_adapters.cli.command import Command, examples
from llmsim_adapters.cli.group import MISUSE, Failed
from llmsim_adapters.cli.models import warn_of_broken_plugins
from llmsim_adapters.cli.options import completed, format_option, hub_options
from llmsim_adapters.cli.output import Wanted, emit
from llmsim_adapters.cli.report_options import Asked, report_options


@click.command(
    cls=Command,
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
