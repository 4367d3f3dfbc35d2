"""How a command reads and shows its options: other words for them, in groups, with examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORDS: Final = {
    "-tp": "--tp-size",
    "--tensor-parallel-size": "--tp-size",
    "-dp": "--dp-size",
    "--data-parallel-size": "--dp-size",
    "--expert-parallel-size": "--ep-size",
}
"""SGLang's and vLLM's words for options, beside those that the help shows."""

_GROUPS: Final = (
    ("Step", ("batch_size", "seq_len", "context_len", "mode", "logits", "mtp")),
    ("Pictures and sound", ("images", "videos", "audio_seconds", "preprocessed", "encoder_len", "instruction_len")),
    (
        "Ranks and engine",
        (
            *("tp_size", "dp_size", "ep_size", "moe_tp", "deepep", "dense_fully_dp", "redundant_experts"),
            *("engine", "engine_options", "sglang"),
        ),
    ),
    ("Number formats", ("dtype", "weight_dtype", "activation_dtype", "kv_cache_dtype")),
    ("Where configs come from", ("revision", "endpoint", "offline", "timeout")),
    ("Output", ("wanted", "output")),
)
"""The headings under which options stand, those of a command itself first and without one."""


class Command(click.Command):
    """A command whose help is in groups, and which knows other people's words for its options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments, in whichever of the words they are."""
        return super().parse_args(ctx, list(self._plain(args)))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, in groups."""
        heading = {name: title for title, names in _GROUPS for name in names}
        rows: dict[str, list[tuple[str, str]]] = {"Options": [], **{title: [] for title, _ in _GROUPS}}
        for parameter in self.get_params(ctx):
            if isinstance(parameter, click.Option) and (record := parameter.get_help_record(ctx)) is not None:
                rows[heading.get(parameter.name or "", "Options")].append(record)
        for title, found in rows.items():
            if found:
                with formatter.section(title):
                    formatter.write_dl(found)

    def _plain(self, args: list[str]) -> Iterator[str]:
        """Yield the arguments with every option under this command's own name of it."""
        own = {name for parameter in self.params for name in (*parameter.opts, *parameter.secondary_opts)}
        ended = False
        for arg in args:
            ended = ended or arg == "--"
            name, equals, value = arg.partition("=")
            meant = _WORDS.get(name, name)
            if meant not in own and name.startswith("--"):
                meant = name.replace("_", "-")  # as LLMSim's options are spelt
            yield arg if ended or meant not in own else f"{meant}{equals}{value}"


def examples(*lines: str) -> dict[str, Any]:
    """Return the keyword of a command that shows examples under its help, each in a line of its own."""
    return {"epilog": "\b\nExamples:\n" + "\n".join(f"  llmsim-adapters {line}" for line in lines)}
