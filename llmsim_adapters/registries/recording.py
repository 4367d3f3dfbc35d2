"""Keep proofs in a registry file: its rows gain what was proven, and all else in it stays as it is."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.registries.registry import SHIPPED, RegistryError, load_registry
from llmsim_adapters.sources.reading import read_config
from llmsim_adapters.sources.whole_files import write_whole
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmsim_adapters.evaluation.recorded import Recorded

_IDS: Final = ("huggingface", "modelscope")


def record(path: str, proofs: Iterable[tuple[dict[str, str], Recorded]]) -> None:
    """Add proofs to the rows of a registry file, which is written whole; models that it lacks become rows of it.

    Args:
        path: the file, which is made where there is none.
        proofs: of each model its ids, as rows name them, with its `name`; and what is kept of its proof.

    Raises:
        RegistryError: the file is no registry, ships with the package, or can't be written.
    """
    if path in SHIPPED:
        message = f"registry {path!r} ships with the package: name a file of your own"
        raise RegistryError(message)
    data: dict[str, Any] = {"models": []}
    if os.path.lexists(path):
        load_registry(path)  # says what is wrong with it
        data = read_config(path)
    for ids, recorded in proofs:
        rows = [row for row in data["models"] if any(row.get(key) == ids[key] for key in _IDS if key in ids)]
        if not rows:
            rows = [dict(ids)]
            data["models"] += rows
        kept = {name: list(value) if isinstance(value, tuple) else value for name, value in recorded._asdict().items()}
        for row in rows:
            row["proof"] = kept
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    try:
        write_whole(path, text.encode("utf-8", "surrogatepass"))
    except OSError as error:
        message = f"registry {printable(path)!r} can't be written: {error.strerror or error}"
        raise RegistryError(message) from error
