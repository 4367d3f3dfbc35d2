"""What SGLang's own encoders run for pictures and sounds, as facts: those that no class of transformers has.

    python -m tests.reference.sglang_media ROWS.jsonl

adds to `facts/sglang/media.json` what was recorded of SGLang's classes (README). Neither SGLang nor torch is needed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.reference.sglang import FOLDER, MADE_WITH
from tests.reference.store import line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FILE: Final = FOLDER / "media.json"
KEYS: Final = (
    "architecture",
    "config",
    "processor",
    "preprocessed",
    "items",
    "tokens",
    "rows",
    "flops",
    "parameters",
    "cases",
)
"""Of a row; `preprocessed` is there where the items' sizes are those that the encoder gets, `parameters`, of the whole
tiny model, where facts hold its parameters nowhere else; `cases` are those of one that speaks, by what is changed."""


def generate(rows: Iterable[Mapping[str, Any]]) -> None:
    """Add rows to the facts; of one type the latest is kept."""
    before = json.loads(FILE.read_text(encoding="utf-8"))["types"] if FILE.exists() else {}
    types = {**before, **{row["type"]: {key: row[key] for key in KEYS if key in row} for row in rows}}
    head = {"made_with": MADE_WITH, "script": "tests/reference/sglang_media.py"}
    body = ",\n".join(f"{line(name)}:{line(types[name])}" for name in sorted(types))
    text = "{\n" + "".join(f"{line(key)}:{line(value)},\n" for key, value in head.items())
    FILE.write_text(f'{text}"types":{{\n{body}\n}}}}\n', encoding="utf-8")


if __name__ == "__main__":
    generate(map(json.loads, Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()))
