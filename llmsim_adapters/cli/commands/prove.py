"""`prove`: the tensors of a model's files against those of its graph."""

from __future__ import annotations

from typing import Any

import click

from llmsim_adapters.cli.command import Command, examples
from llmsim_adapters.cli.group import Failed
from llmsim_adapters.cli.models import find_model, reason, refuse_misuse, refuse_unknown, warn_of_broken_plugins
from llmsim_adapters.cli.options import completed, format_option, hub_options, source_argument
from llmsim_adapters.cli.output import Wanted, emit


@click.command(
    cls=Command,
    short_help="Are the tensors of a model's files those of its graph?",
    **examples("prove ./my-model", "prove Qwen/Qwen3-8B --format markdown"),
)
@source_argument
@click.option("--weights", metavar="FOLDER", type=click.Path(file_okay=False), help="Where the *.safetensors are.")
@click.option("--revision", metavar="REV", help="A branch, tag or commit of the hub's repository.")
@click.option(
    "--builder", metavar="NAME", shell_complete=completed("builders"), help="The builder that is to build the graph."
)
@click.option(
    "--record",
    metavar="REGISTRY.json",
    type=click.Path(dir_okay=False),
    help="Keep the proof in this registry, from which `coverage` has it offline.",
)
@hub_options
@format_option
def prove(
    source: str,
    weights: str | None,
    revision: str | None,
    builder: str | None,
    record: str | None,
    offline: bool,
    endpoint: str | None,
    timeout: float,
    wanted: Wanted,
) -> None:
    """Hold the headers of a model's safetensors files against its graph, tensor by tensor.

    Only the first bytes of each file are read, here or on the hub. Exit code 0: every tensor is the graph's, and every
    one of the graph is there; 1: not so, or they can't be had.
    """
    from llmsim_adapters.cli.progress import progress
    from llmsim_adapters.cli.prove import data, document, ids, keep
    from llmsim_adapters.errors import ConfigUnavailable
    from llmsim_adapters.evaluated import BuildError

    hub: dict[str, Any] = {"revision": revision, "endpoint": endpoint, "offline": offline, "timeout": timeout}
    try:
        model = find_model(source, hub)
        refuse_unknown(builder, model)
        with progress("headers") as bar:
            found = model.prove(
                weights,
                endpoint=endpoint,
                offline=offline,
                timeout=timeout,
                builder=builder,
                progress=bar.told,
                waiting=bar.waiting,
                announce=bar.says,
            )
    except ConfigUnavailable as error:
        refuse_misuse(error)
        raise
    except BuildError as error:
        raise reason(error, builder) from error
    warn_of_broken_plugins()
    used = builder or model.coverage.builder or ""
    if record is not None and (kept := found.recorded(model.config.provenance.revision)) is not None:
        keep(record, [(ids(source, model), kept)])
    evidence = str(model.proven(found).coverage.evidence)
    emit(wanted, lambda: document(source, found), lambda: data(source, used, evidence, found))
    if not found.equal:
        raise Failed(found.verdict())
