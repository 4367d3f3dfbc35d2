"""What the head of a draft runs that weighs candidates against each other, as facts of SGLang's own class.

    python -m tests.reference.sglang_drafts ROWS.json

writes `facts/sglang/drafts.json`: heads of several sizes, their parameters, and what torch counts of their scores for
so many sequences and tokens of a block. Neither SGLang nor torch is needed.
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

FILE: Final = FOLDER / "drafts.json"


def generate(rows: Iterable[Mapping[str, Any]]) -> None:
    """Write the facts."""
    head = {"made_with": MADE_WITH, "script": "tests/reference/sglang_drafts.py"}
    text = "{\n" + "".join(f"{line(key)}:{line(value)},\n" for key, value in head.items())
    FILE.write_text(f'{text}"heads":[\n' + ",\n".join(map(line, rows)) + "\n]}\n", encoding="utf-8")


if __name__ == "__main__":
    generate(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
