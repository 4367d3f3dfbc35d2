"""Write anew what the comparison with SGLang says: the known differences, and what `coverage.served` rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reference.store import line
from tests.sglang import caches, differences, served

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write(file: Path, found: Mapping[str, Mapping[str, list[str]]]) -> None:
    """Write the layouts that differ, by kind and config."""
    rows = [
        f"{line(kind)}:{{\n" + ",\n".join(f"{line(config)}:{line(labels)}" for config, labels in configs.items()) + "}"
        for kind, configs in found.items()
    ]
    file.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    write(differences.FILE, differences.found())
    write(caches.FILE, caches.found())
    served.FILE.write_text(served.text(served.served()), encoding="utf-8")
