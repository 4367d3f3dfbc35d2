"""The small files beside a `config.json` that bear on its figures: which there may be, and what was found of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

from llmsim_adapters.errors import Answer, InvalidConfig
from llmsim_adapters.sources.answer import Refusal, Sidecars
from llmsim_adapters.sources.deadline import Late, within
from llmsim_adapters.sources.mappings import plain
from llmsim_adapters.sources.quiet import quiet
from llmsim_adapters.sources.reading import read_config
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

T = TypeVar("T")

QUANTIZATIONS: Final = ("hf_quant_config.json", "quantize_config.json", "quant_config.json")
"""The files that declare how a checkpoint's weights are quantized, where `config.json` doesn't."""

PROCESSOR: Final = "preprocessor_config.json"
PROCESSORS: Final = (PROCESSOR, "processor_config.json", "video_preprocessor_config.json")
"""The files that say what becomes of pictures and sound before an encoder runs on them: only media need them."""

_WEIGHTS: Final = (".safetensors", ".bin", ".gguf")

_MANY: Final = 256
"""More files than a model's folder usually has."""

NONE: Final = Sidecars(complete=True)
"""Nothing is beside the config, and that is known."""


def in_folder(folder: str) -> Sidecars:
    """Return what a folder holds beside its config."""
    wanted = (*QUANTIZATIONS, *PROCESSORS)
    return collect(_there(folder, wanted), lambda name: read_config(os.path.join(folder, name)), wanted)


def is_layer(name: str) -> bool:
    """Whether a file or folder is of a layer of weights that sentence-transformers has behind a model: `2_Dense`."""
    number, _, kind = name.partition("/")[0].partition("_")
    return kind == "Dense" and number.isdecimal()


def _there(folder: str, wanted: Collection[str]) -> Collection[str]:
    """Return the names of what a folder has; where that is very much, those of the wanted names that it has.

    A list takes less than to ask for each name, and of very many files it takes longer.
    """
    try:
        with os.scandir(folder) as entries:
            names = {entry.name for entry in islice(entries, _MANY + 1)}
    except OSError:  # nobody may list it
        names = set()
    if 0 < len(names) <= _MANY:
        return names
    return [name for name in wanted if os.path.lexists(os.path.join(folder, name))]


def in_cache(folder: str, listed: frozenset[str] | None) -> Sidecars:
    """Return what a cache has beside a config, which is all of it where the hub listed its files, or weights are there.

    Without the listing, a cache that has the weights is taken to be a copy of the whole: what runs the model from there
    sees no other files.
    """

    def read(name: str) -> dict[str, Any]:
        if name not in here:
            raise Refusal("not_cached", "the hub has it, and it is not in the cache")
        return read_config(os.path.join(folder, name))

    try:
        here = frozenset(os.listdir(folder))
    except OSError:
        here = frozenset()
    if listed is None and any(name.endswith(_WEIGHTS) for name in here):
        listed = here
    wanted = (*QUANTIZATIONS, *(name for name in PROCESSORS if name in here))
    return collect(here | (listed or here), read, wanted)._replace(complete=listed is not None)


def collect(
    names: Collection[str],
    read: Callable[[str], Mapping[str, Any]],
    wanted: Collection[str] = QUANTIZATIONS,
) -> Sidecars:
    """Return those of `names` that are wanted, each as `read` gives it; a refusal is its reason."""
    files: dict[str, Mapping[str, Any]] = {}
    unread: dict[str, str] = {}
    for name in wanted:
        if name in names:
            try:
                files[name] = read(name)
            except Refusal as refusal:
                unread[name] = refusal.message
    for name in sorted({name.partition("/")[0] for name in names if is_layer(name)}):
        unread[name] = "it is a layer of sentence-transformers behind the model, whose weights are not counted"
    return Sidecars(files, unread, complete=True)


def attempt(request: Callable[[], T], seconds: float) -> T | None:
    """Return what a hub answers that need not: None where it refuses, or takes longer than so many seconds."""

    def quietly() -> T:
        with quiet():
            return request()

    try:
        return within(seconds, quietly)
    except (Refusal, Late):
        return None


def given(files: Mapping[str, Mapping[str, Any]]) -> Sidecars:
    """Return the files that a caller gives by name, which are then all that there are."""
    found: dict[str, dict[str, Any]] = {}
    for name, data in files.items():
        if not isinstance(name, str) or not isinstance(data, Mapping):
            message = f"`files` are objects by the name of their file; {printable(repr(name))} is none"
            raise InvalidConfig("the given files", [Answer("files", "not_an_object", message)])
        try:
            found[name] = plain(data, f"the given {printable(name)}")
        except Refusal as refusal:
            raise InvalidConfig("the given files", [refusal.answer("files")]) from None
    return Sidecars(found, complete=True)


def with_processor(beside: Sidecars, settings: Mapping[str, Any]) -> Sidecars:
    """Return what is beside a config, with the settings of a processor that a caller gives in place of the file's."""
    if not isinstance(settings, Mapping):
        message = f"`preprocessor` is {printable(repr(settings), 60)}; expected an object, as `{PROCESSOR}` holds one"
        raise InvalidConfig("the given preprocessor", [Answer("preprocessor", "not_an_object", message)])
    found = given({PROCESSOR: settings})
    others = {name: data for name, data in beside.files.items() if name not in PROCESSORS}
    unread = {name: reason for name, reason in beside.unread.items() if name not in PROCESSORS}
    return Sidecars({**others, **found.files}, unread, beside.complete)
