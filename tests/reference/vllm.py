"""What vLLM's own model classes allocate, as facts.

    python -m tests.reference.vllm ROWS.jsonl CONFIGS

writes `facts/vllm.json` from what was recorded of vLLM's classes (README): of each config how many elements all
parameters of a model have that one process holds. `CONFIGS` is the folder of the configs. One that the package has
offline for the architecture is not kept again; of the others, what bears on nothing is left out. What was `added` is
told to vLLM's class only. Neither vLLM nor torch is needed.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any, Final

from llmsim_adapters.registries.joined import models
from llmsim_adapters.registries.offline import Offline
from tests.reference.sglang import trimmed
from tests.reference.store import FACTS, line

MADE_WITH: Final = {"vllm": "0.33.0", "torch": "2.13.0", "transformers": "5.19.0"}
FILE: Final = FACTS / "vllm.json"

_ASKED: Final = re.compile(r"^AttributeError: '(?:Plain|\w+Config)' object has no attribute '(\w+)'$")

_QUANTIZATIONS: Final = ("quantization_config", "compression_config")


def offline(architecture: str) -> dict[str, Any] | None:
    """Return the config that the package has of an architecture, without a quantization."""
    known = models().get(architecture, {}).get("config")
    found = None if known is None else Offline.model_validate(known).config(architecture)
    if found is None:
        return None
    kept = {key: value for key, value in found.data.items() if key not in _QUANTIZATIONS}
    return kept | {"architectures": [architecture]}


def facts(rows: list[dict[str, Any]], folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what was built, and what was not and why."""
    built: dict[str, Any] = {}
    refused: dict[str, str] = {}
    for row in rows:
        name = row["config"].removesuffix(".json")
        if "elements" not in row:
            refused[name] = _ASKED.sub(r"\1 is asked for, which the config does not give", row["refused"])
            continue
        config = json.loads((folder / row["config"]).read_text(encoding="utf-8"))
        entry = {"class": row["class"], "elements": row["elements"]}
        if row["added"]:
            entry["added"] = row["added"]
        built[name] = entry if config == offline(name) else {"config": trimmed(config), **entry}
    return dict(sorted(built.items())), dict(sorted(refused.items()))


def main(rows: str, folder: str) -> None:
    """Write the facts."""
    said = [json.loads(row) for row in Path(rows).read_text(encoding="utf-8").splitlines()]
    built, refused = facts(said, Path(folder))
    head = [f'"made_with":{line(MADE_WITH)}', '"script":"python -m tests.reference.vllm"']
    models_of = ",\n".join(f"{json.dumps(name)}:{line(entry)}" for name, entry in built.items())
    text = "{" + ",\n".join([*head, f'"not_built":{line(refused)}', f'"models":{{\n{models_of}\n}}']) + "}\n"
    FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
