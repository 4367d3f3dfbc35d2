"""What `llmsim` does: LLMSim's own commands, in this process, on any supported model."""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any, TextIO

from llmsim_adapters.cli.output import warn, write
from llmsim_adapters.cli.words import exact
from llmsim_adapters.llmsim import install, uninstall
from llmsim_adapters.streams import keep_for_command
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.llmsim.architecture import AdaptedArch


def run(arguments: Sequence[str], *, optimizer: bool, **fields: Any) -> None:
    """Run LLMSim's command line, or its optimizer's, which end the process by themselves where they fail.

    What its report has no place for follows: whose figures these are, what the cache's figure is of, states and notes.

    Raises:
        LLMSimUnavailable: LLMSim can't be imported, or is another version.
    """
    keep_for_command(False)  # standard output is LLMSim's
    graphs: list[OperatorGraph] = []
    notes: dict[str, None] = {}

    def told(arch: AdaptedArch) -> None:
        graphs[:] = [arch.graph]
        notes.update(dict.fromkeys(arch.graph.notes))

    install(told, **fields)
    command = import_module("src.optimization.cli" if optimizer else "src.main")
    before = sys.argv
    sys.argv = ["llmsim-adapters llmsim --", *arguments]
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _show
            command.main()
    finally:
        sys.argv = before
        uninstall()
    lines = [] if optimizer else [line for graph in graphs for line in _beside(graph)]
    lines += [f"Note: {printable(note)}" for note in notes]
    if lines:
        write("".join(f"{line}\n" for line in ["", *lines]))


def _beside(graph: OperatorGraph) -> Iterator[str]:
    """Yield what a report does not say of the one graph that it is of."""
    schedule = graph.schedule
    tokens = schedule.context_len + schedule.seq_len
    layout = f"tp_size {schedule.tp_size} × dp_size {schedule.dp_size}, ep_size {schedule.ep_size}, {schedule.engine}"
    yield f"This is one of {schedule.world_size:,} GPUs ({layout}); of its memory, in bytes:"
    if cache := graph.rank_kv_cache_bytes(tokens):
        formats = ", ".join(dict.fromkeys(each.dtype for each in graph.caches if each.kind != "state"))
        kept = f"KV cache ({formats}) of one sequence of {tokens:,} tokens"
        yield f"  {kept}: {_bytes(cache)}; LLMSim's figure is of one token"
        if schedule.batch_size > 1:
            yield f"  KV cache of {schedule.batch_size:,} sequences: {_bytes(cache * schedule.batch_size)}"
    if state := graph.rank_state_bytes:
        yield f"  Recurrent state of one sequence, whatever its length: {_bytes(state)}; no part of the KV cache"
        if schedule.batch_size > 1:
            yield f"  Recurrent state of {schedule.batch_size:,} sequences: {_bytes(state * schedule.batch_size)}"


def _bytes(count: int) -> str:
    full, short = exact(count, "bytes")
    return f"{full} ({short})" if short else full


def _show(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Show a warning as this command does: in lines of its own, without the code that it comes from."""
    del category, filename, lineno, file, line
    for each in str(message).splitlines():
        warn(each)
