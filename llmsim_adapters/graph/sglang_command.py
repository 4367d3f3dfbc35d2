"""SGLang's command line, as fields of a schedule."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.graph.schedule_error import ScheduleError
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NAMES: Final = {
    "--tensor-parallel-size": "--tp-size",
    "--tp": "--tp-size",
    "--data-parallel-size": "--dp-size",
    "--dp": "--dp-size",
    "--expert-parallel-size": "--ep-size",
    "--ep": "--ep-size",
}
"""Other spellings of SGLang's arguments."""

_SIZES: Final = (
    *("--tp-size", "--dp-size", "--ep-size", "--moe-dense-tp-size", "--ep-num-redundant-experts", "--page-size"),
)
_WORDS: Final = ("--moe-a2a-backend", "--dtype", "--kv-cache-dtype", "--quantization")
_FLAGS: Final = ("--enable-dp-attention", "--enable-dp-lm-head", "--disable-shared-experts-fusion")

_UNMODELLED: Final = (
    *("--pp-size", "--pipeline-parallel-size", "--attn-cp-size", "--attention-context-parallel-size", "--moe-dp-size"),
    *("--moe-data-parallel-size", "--cpu-offload-gb", "--enable-lora", "--lora-paths", "--speculative-algorithm"),
    *("--speculative-algo", "--dcp-size", "--mm-enable-dp-encoder", "--enable-elastic-ep", "--elastic-ep-backend"),
)
"""What bears on a rank's memory and is not modelled: refused, unless it has the value that changes nothing."""

_DTYPES: Final = {
    "auto": "auto",
    "half": "float16",
    "float16": "float16",
    "bfloat16": "bfloat16",
    "float": "float32",
    "float32": "float32",
}
_CACHE_DTYPES: Final = {
    "auto": None,
    "bf16": "bfloat16",
    "bfloat16": "bfloat16",
    "fp8_e4m3": "float8_e4m3fn",
    "fp8_e5m2": "float8_e5m2",
}


def fields_of(command: str | Sequence[str]) -> dict[str, Any]:
    """Return the fields of the schedule of a server that is started by a command line of SGLang.

    With `--enable-dp-attention`, `--tp-size` counts all ranks, of which each data-parallel group has an equal part.
    Without it, `--dp-size` starts as many copies of the server; a rank of one copy is answered for.

    Args:
        command: the arguments as one text or in a list; what does not bear on a rank's memory is passed over.

    Raises:
        ScheduleError: an argument has no value that it can have, or is one that is not modelled.
    """
    said = dict(_said(command))
    ranks, groups = _size(said, "--tp-size"), _size(said, "--dp-size")
    if "--enable-dp-attention" not in said:
        groups = 1
    if ranks % groups:
        message = f"--dp-size {groups} with --enable-dp-attention: expected a divisor of --tp-size, which is {ranks}"
        raise ScheduleError(message)
    options: dict[str, bool | int | str | None] = {}
    for name in ("--enable-dp-lm-head", "--disable-shared-experts-fusion"):
        if name in said:
            options[_option(name)] = True
    for name in ("--moe-dense-tp-size", "--ep-num-redundant-experts", "--page-size"):
        if name in said:
            options[_option(name)] = _size(said, name, least=0 if name == "--ep-num-redundant-experts" else 1)
    for name in ("--moe-a2a-backend", "--quantization"):
        if name in said:
            options[_option(name)] = said[name]
    return {
        "engine": "sglang",
        "tp_size": ranks // groups,
        "dp_size": groups,
        "ep_size": _size(said, "--ep-size"),
        "engine_options": options,
        "dtype": _format(said, "--dtype", _DTYPES),
        "kv_cache_dtype": _format(said, "--kv-cache-dtype", _CACHE_DTYPES),
    }


def _said(command: str | Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the arguments that bear on what a rank holds, by SGLang's first name of each."""
    try:
        words = shlex.split(command) if isinstance(command, str) else list(command)
    except ValueError as error:
        message = f"SGLang's command line can't be split into words: {error}"
        raise ScheduleError(message) from None
    for index, word in enumerate(words):
        name, _, value = word.partition("=")
        name = _NAMES.get(name, name).replace("_", "-") if name.startswith("--") else name
        if name in _FLAGS:
            yield name, "true"
        elif name in _SIZES or name in _WORDS or name in _UNMODELLED:
            value = value or next(iter(words[index + 1 : index + 2]), "")
            if name not in _UNMODELLED:
                yield name, value
            elif value not in ("0", "1"):
                shown = printable(repr(value), 40)
                message = f"SGLang's argument {name} is {shown}, which is not modelled: leave it out"
                raise ScheduleError(message)


def _size(said: dict[str, str], name: str, least: int = 1) -> int:
    text = said.get(name, "1")
    if not text.isascii() or not text.isdecimal() or len(text) > 12 or int(text) < least:
        message = f"SGLang's argument {name} is {printable(repr(text), 40)}; expected an integer from {least}"
        raise ScheduleError(message)
    return int(text)


def _format(said: dict[str, str], name: str, formats: dict[str, Any]) -> Any:
    text = said.get(name, "auto")
    if text not in formats:
        message = f"SGLang's argument {name} is {printable(repr(text), 40)}; expected one of {', '.join(formats)}"
        raise ScheduleError(message)
    return formats[text]


def _option(name: str) -> str:
    return name.removeprefix("--").replace("-", "_")
