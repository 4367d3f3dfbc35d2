"""The sources of a census: folders, lines, tables, registries, files and ids; each a stream."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from llmsim_adapters.censuses.item import IDS, Broken, CensusError, Columns, File, Line, Named, Record
from llmsim_adapters.censuses.tables import read_table
from llmsim_adapters.registries.registry import SHIPPED, load_registry
from llmsim_adapters.sources.answer import Refusal
from llmsim_adapters.sources.reading import MAX_CONFIG_BYTES, read_config
from llmsim_adapters.sources.without import PARAMS
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from llmsim_adapters.censuses.item import Item
    from llmsim_adapters.registries.registry import Row

LINES: Final = (".jsonl", ".ndjson", ".txt", ".jsonl.gz", ".ndjson.gz", ".txt.gz")
TABLES: Final = (".parquet", ".arrow", ".feather")

_LONGEST: Final = 2 * MAX_CONFIG_BYTES
"""The longest line that is read: a config may be escaped in it, and stands beside other columns."""


def items(sources: Iterable[Any], columns: Columns) -> Iterator[Item]:
    """Yield what the sources have, one after the other.

    Raises:
        CensusError: there is no such file, or it can't be read.
        RegistryError: a registry can't be read.
        MissingExtra: a table needs pyarrow, which is not installed.
    """
    for number, source in enumerate(sources):
        if isinstance(source, Mapping):
            yield _given(number, source, columns)
        elif isinstance(source, (str, os.PathLike)):
            yield from _of(os.fspath(source), columns)
        else:
            message = f"a source of a census is a path, an id, or a config; not {type(source).__name__}"
            raise CensusError(message)


def _given(number: int, record: Mapping[str, Any], columns: Columns) -> Record:
    if columns.config in record and "model_type" not in record and "architectures" not in record:
        named = (columns.id,) if columns.id else IDS
        id = next((str(record[name]) for name in named if record.get(name)), None)
        weight = record.get(columns.weight) if columns.weight else None
        return Record("given", number, id, record[columns.config], weight)
    return Record("given", number, None, dict(record))


def _of(source: str, columns: Columns) -> Iterator[Item]:
    lower = source.lower()
    if source == "-":
        yield from _lines(source, sys.stdin.buffer)
    elif source in SHIPPED and not os.path.exists(source):
        yield from _registry(source)
    elif os.path.isdir(source):
        yield from _folder(source, source, columns)
    elif lower.endswith((*LINES, *TABLES)) or (lower.endswith(".json") and not os.path.isfile(source)):
        if not os.path.isfile(source):
            message = f"source {printable(source)}: there is no such file"
            raise CensusError(message)
        yield from _shard(source, columns)
    elif os.path.isfile(source):
        yield from _json(source)
    else:
        yield Named("ids", source, source)


def _json(path: str) -> Iterator[Item]:
    """Yield the models of a registry, or the one config that a file is."""
    try:
        data = read_config(path)
    except Refusal:
        data = {}  # which is the config's own error
    if isinstance(data.get("models"), list) and "model_type" not in data:
        yield from _registry(path)
    else:
        yield _file(path, path, path)


def _registry(name: str) -> Iterator[Item]:
    for row in load_registry(name).models:
        config = None if row.config is None else row.config.config(row.architecture or row.name)
        yield Named(name, row.name, _asked(row), row.modelscope if row.huggingface else None, config)


def _asked(row: Row) -> str | None:
    if row.huggingface is not None:
        return row.huggingface
    return None if row.modelscope is None else f"modelscope.cn/{row.modelscope}"


def _folder(source: str, folder: str, columns: Columns) -> Iterator[Item]:
    """Yield the configs of a folder and of those in it; where there is a `config.json`, it is the only one there."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        where = os.path.relpath(folder, source)
        yield Broken(source, printable(where), "unreadable", printable(error.strerror or error))
        return
    names = {entry.name for entry in entries}
    alone = "config.json" if "config.json" in names else PARAMS if PARAMS in names else None
    for entry in entries:
        lower = entry.name.lower()
        if entry.is_dir(follow_symlinks=False):
            yield from _folder(source, entry.path, columns)
        elif lower.endswith((*LINES[:2], *LINES[3:5], *TABLES)):
            yield from _shard(entry.path, columns)
        elif entry.name == alone or (alone is None and lower.endswith(".json")):
            yield _file(source, entry.path, os.path.relpath(entry.path, source))


def _file(source: str, path: str, name: str) -> File:
    folder, base = os.path.split(name)
    id = folder if base in ("config.json", PARAMS) else Path(name).stem.replace("--", "/")
    try:
        found = os.stat(path)
        changed, size = found.st_mtime_ns, found.st_size
    except OSError:  # said where it is read
        changed = size = 0
    return File(source, path, printable((id or name).replace(os.sep, "/")), changed, size)


def _shard(path: str, columns: Columns) -> Iterator[Item]:
    lower = path.lower()
    if lower.endswith(TABLES):
        yield from read_table(path, columns)
        return
    try:
        if lower.endswith(".gz"):
            import gzip

            with gzip.open(path) as file:
                yield from _lines(path, file)  # type: ignore[arg-type]  # it reads lines as files do
        else:
            with open(path, "rb") as file:
                yield from _lines(path, file)
    except (OSError, EOFError) as error:
        message = f"source {printable(path)} can't be read: {printable(getattr(error, 'strerror', None) or error)}"
        raise CensusError(message) from error


def _lines(source: str, file: BinaryIO) -> Iterator[Item]:
    number = 0
    while content := file.readline(_LONGEST + 1):
        number += 1
        if len(content) > _LONGEST:
            while content and not content.endswith(b"\n"):
                content = file.readline(_LONGEST)
            message = f"a line of more than {_LONGEST:,} bytes is not read"
            yield Broken(source, f"line {number}", "too_large", message)
        elif content := content.strip():
            yield Line(source, number, content)
