"""Parquet and Arrow files: the columns that a census needs, batch by batch. pyarrow is in the extra `census`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.censuses.item import IDS, CensusError, Record
from llmsim_adapters.errors import need
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.censuses.item import Columns

PYARROW: Final = ("pyarrow", "census", "Parquet and Arrow files")

_BATCH: Final = 500


def read_table(path: str, columns: Columns) -> Iterator[Record]:
    """Yield the rows of a table. A config is text or an object; of an object, what is null is not there.

    Raises:
        CensusError: it can't be read, or a column that is asked for is not there.
        MissingExtra: pyarrow is not installed.
    """
    need(*PYARROW)
    import pyarrow as pa

    try:
        number = 0
        for batch in _parquet(path, columns) if path.lower().endswith(".parquet") else _arrow(path, columns):
            rows = batch.to_pydict()
            names = list(rows)
            id_column = _id(names, columns)
            nothing = [None] * batch.num_rows
            ids = rows[id_column] if id_column else nothing
            weights = rows[columns.weight] if columns.weight else nothing
            for id, config, weight in zip(ids, rows[columns.config], weights, strict=True):
                number += 1
                said = None if id is None else str(id)
                yield Record(path, number, said, _without_nulls(config), weight)
    except (OSError, pa.ArrowException) as error:
        message = f"source {printable(path)} can't be read: {printable(error)}"
        raise CensusError(message) from error


def _parquet(path: str, columns: Columns) -> Iterator[Any]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        wanted = _wanted(path, list(file.schema_arrow.names), columns)
        yield from file.iter_batches(_BATCH, columns=wanted)


def _arrow(path: str, columns: Columns) -> Iterator[Any]:
    """Yield the batches of a file or a stream of Arrow, which have one ending."""
    import pyarrow as pa

    with pa.memory_map(path) as file:
        try:
            opened = pa.ipc.open_file(file)
            batches = (opened.get_batch(at) for at in range(opened.num_record_batches))
        except pa.ArrowInvalid:
            file.seek(0)
            opened = pa.ipc.open_stream(file)
            batches = iter(opened)
        wanted = _wanted(path, list(opened.schema.names), columns)
        for batch in batches:
            for start in range(0, batch.num_rows, _BATCH):
                yield batch.select(wanted).slice(start, _BATCH)


def _wanted(path: str, names: list[str], columns: Columns) -> list[str]:
    wanted = [name for name in (columns.config, _id(names, columns), columns.weight) if name is not None]
    for name in wanted:
        if name not in names:
            there = ", ".join(printable(each, 40) for each in names[:20])
            message = f"source {printable(path)} has no column {printable(name)!r}; there are {there}"
            raise CensusError(message)
    return wanted


def _id(names: list[str], columns: Columns) -> str | None:
    return columns.id or next((name for name in IDS if name in names), None)


def _without_nulls(value: Any) -> Any:
    """Return an object as JSON had it: a table gives every row all fields that some row has."""
    if isinstance(value, dict):
        return {name: _without_nulls(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_without_nulls(each) for each in value]
    return value
