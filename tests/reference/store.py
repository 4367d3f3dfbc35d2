"""How facts are written: compact, one fact a line, the same bytes for the same facts."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FACTS = Path(__file__).resolve().parent / "facts"
SCRIPT = "tests/reference/generate.py"


def made_with() -> dict[str, str]:
    """The versions that decide what the facts are."""
    import torch
    import transformers

    return {
        "transformers": transformers.__version__,
        "torch": torch.__version__.split("+")[0],
        "python": ".".join(platform.python_version_tuple()[:2]),
    }


def line(value: Any) -> str:
    """A value as one line of JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def write(
    name: str,
    header: Mapping[str, Any],
    body: str,
    items: Iterable[Any] | Mapping[str, Any],
    folder: Path = FACTS,
) -> Path:
    """Write `{folder}/{name}.json`: the header's keys, then `body`, a list or an object with one item a line."""
    if isinstance(items, Mapping):
        opening, closing = "{", "}"
        rows = [f"{line(key)}:{line(value)}" for key, value in items.items()]
    else:
        opening, closing = "[", "]"
        rows = [line(item) for item in items]
    head = {"made_with": made_with(), "script": SCRIPT, **header}
    text = "{\n" + "".join(f"{line(k)}:{line(v)},\n" for k, v in head.items())
    text += f"{line(body)}:{opening}\n" + ",\n".join(rows) + f"\n{closing}}}\n"
    json.loads(text)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(text, encoding="utf-8")
    return path
