"""What SGLang's own encoders of pictures run, as facts.

    python -m tests.reference.sglang_towers RUNS.json

adds to `facts/sglang/towers.json` what was recorded of SGLang's classes on tiny configs (README): by type the config,
and runs. Each has its pictures in pixels, or videos in frames and pixels, as the encoder got them where `preprocessed`,
what torch's counter counts, and the rows that came out. Neither SGLang nor torch is needed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.reference.sglang import FOLDER, MADE_WITH
from tests.reference.store import line


def generate(recorded: dict[str, Any]) -> None:
    """Write the facts, with those that are recorded anew in the place of older ones."""
    path = FOLDER / "towers.json"
    types = json.loads(path.read_text(encoding="utf-8"))["types"] if path.exists() else {}
    types |= recorded
    head = {"made_with": MADE_WITH, "script": "tests/reference/sglang_towers.py"}
    text = "{\n" + "".join(f"{line(key)}:{line(value)},\n" for key, value in head.items()) + '"types":{\n'
    text += ",\n".join(f"{line(name)}:{line(fact)}" for name, fact in sorted(types.items())) + "\n}}\n"
    json.loads(text)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    generate(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
