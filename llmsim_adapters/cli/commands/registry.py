"""`registry`: what an engine's release registers, and what another release changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from llmsim_adapters.cli.command import examples
from llmsim_adapters.cli.group import MISUSE, Failed
from llmsim_adapters.cli.options import format_option
from llmsim_adapters.cli.output import Wanted, emit, write, write_file

if TYPE_CHECKING:
    from collections.abc import Callable


@click.group(
    short_help="Read what an engine's release registers.",
    epilog=examples("registry sglang --from sglang-0.5.23.whl -o new.json", "registry diff sglang new.json")["epilog"],
)
def registry() -> None:
    """Read what an engine's release registers, and what another release changes."""


def _reading(engine: str, title: str) -> Callable[..., None]:
    @registry.command(
        engine,
        short_help=f"Write the registry of a release of {title}.",
        help=f"Write the registry of a release of {title}, read by syntax alone, as JSON.",
    )
    @click.option(
        "--from",
        "source",
        metavar="PATH",
        help=f"A wheel, a checkout or the folder of {engine}.  [default: what is installed]",
    )
    @click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write it to this file.")
    def command(source: str | None, output: str | None) -> None:
        from llmsim_adapters.registries.joined import text
        from llmsim_adapters.registries.read import read_registry
        from llmsim_adapters.registries.registry import RegistryError

        try:
            found = text(read_registry(engine, source))
        except RegistryError as error:
            raise Failed(str(error), MISUSE) from error
        if output is None:
            write(found)
        else:
            write_file(output, found)

    result: Callable[..., None] = command
    return result


sglang = _reading("sglang", "SGLang")
vllm = _reading("vllm", "vLLM")


@registry.command(short_help="Say what is new, gone or renamed.")
@click.argument("old")
@click.argument("new")
@format_option
def diff(old: str, new: str, wanted: Wanted) -> None:
    """Say what NEW adds to OLD, removes and renames, and evaluate what is new.

    Each is a registry: sglang, report, or the path of a file.
    """
    from llmsim_adapters.cli.registry import data, document
    from llmsim_adapters.registries.difference import difference
    from llmsim_adapters.registries.registry import RegistryError, load_registry
    from llmsim_adapters.report import evaluate

    try:
        before, after = load_registry(old), load_registry(new)
    except RegistryError as error:
        raise Failed(str(error), MISUSE) from error
    found = difference(before, after)
    fresh = (*found.added, *(row for _, row in found.renamed))
    report = evaluate(after.model_copy(update={"models": fresh}), offline=True)
    emit(wanted, lambda: document(before, after, found, report), lambda: data(found, report))
