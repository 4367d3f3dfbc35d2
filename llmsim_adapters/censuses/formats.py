"""The files of rows that a census writes: Parquet, JSON lines and CSV, each made of parts."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from llmsim_adapters.censuses.item import CensusError
from llmsim_adapters.censuses.row import FIELDS, FIGURES
from llmsim_adapters.censuses.tables import PYARROW
from llmsim_adapters.errors import need
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

ENDINGS: Final = {".parquet": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv"}

_GROUP: Final = 50_000
"""So many rows are in a row group of a Parquet file, about."""


def format_of(output: Path) -> str:
    """Return the format of a file by the end of its name.

    Raises:
        CensusError: it is none of those that are known.
        MissingExtra: it needs pyarrow, which is not installed.
    """
    found = ENDINGS.get(output.suffix.lower())
    if found is None:
        message = f"the format of {printable(output)} is not known by its end; expected one of {', '.join(ENDINGS)}"
        raise CensusError(message)
    if found == "parquet":
        need(*PYARROW)
    return found


def encode(rows: Iterable[dict[str, Any]], format: str) -> bytes:
    """Return rows as a part of a file."""
    rows = ({**row, "causes": [name for name, _ in row["causes"]]} for row in rows)
    if format == "jsonl":
        return "".join(json.dumps(row) + "\n" for row in rows).encode()
    if format == "csv":
        text = io.StringIO()
        writer = csv.DictWriter(text, FIELDS, lineterminator="\n")
        writer.writerows({**row, "gaps": json.dumps(row["gaps"]), "causes": "; ".join(row["causes"])} for row in rows)
        return text.getvalue().encode()
    import pyarrow as pa
    import pyarrow.parquet as pq

    content = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows), schema=_schema()), content)
    return content.getvalue()


def join(parts: Sequence[Path], format: str, file: BinaryIO) -> None:
    """Write the parts of a file, in their order, as one."""
    if format == "parquet":
        _join_tables(parts, file)
        return
    if format == "csv":
        file.write((",".join(FIELDS) + "\n").encode())
    for part in parts:
        file.write(part.read_bytes())


def joined(parts: Sequence[bytes], format: str) -> bytes:
    """Return parts as one part."""
    if format != "parquet":
        return b"".join(parts)
    import pyarrow as pa
    import pyarrow.parquet as pq

    content = io.BytesIO()
    pq.write_table(pa.concat_tables([pq.read_table(io.BytesIO(part)) for part in parts]), content)
    return content.getvalue()


def _join_tables(parts: Sequence[Path], file: BinaryIO) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetWriter(file, _schema(), compression="zstd") as writer:
        waiting: list[Any] = []
        rows = 0
        for part in parts:
            waiting.append(pq.read_table(io.BytesIO(part.read_bytes())))
            rows += waiting[-1].num_rows
            if rows >= _GROUP:
                writer.write_table(pa.concat_tables(waiting))
                waiting, rows = [], 0
        if waiting:
            writer.write_table(pa.concat_tables(waiting))


def _schema() -> Any:
    import pyarrow as pa

    text = pa.string()
    kinds = {
        "counted": pa.bool_(),
        "served": pa.bool_(),
        "gap_count": pa.int64(),
        "gaps": pa.list_(pa.struct([("kind", text), ("name", text), ("detail", text)])),
        "causes": pa.list_(text),
        "weight": pa.float64(),
        **dict.fromkeys(FIGURES, pa.int64()),
    }
    return pa.schema([(name, kinds.get(name, text)) for name in FIELDS])
