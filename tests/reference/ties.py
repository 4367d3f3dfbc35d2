"""Whose key ties the head in transformers 4, whose classes wrote most of the published configs.

python -m tests.reference.ties      # with transformers 4.57.3, after the facts of bare configs
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers.models.auto.configuration_auto import CONFIG_MAPPING, CONFIG_MAPPING_NAMES

from . import store

WAYS = 9
"""Ways in which a whole and its language model say a tie: nothing, true or false each."""


def write() -> None:
    """Write of each type whether its head is tied, in the order of the configs of `bare.json`: `T`, or `u` if not."""
    facts = json.loads((store.FACTS / "bare.json").read_text(encoding="utf-8"))["types"]
    rows = {}
    for name, case in facts.items():
        configs = [raw for raw, _ in case["configs"]][-WAYS:]
        if len(configs) == WAYS and name in CONFIG_MAPPING_NAMES and "text_config" in configs[-1]:
            counts = [_count(raw, case["class"]) for raw in configs]
            if None not in counts and len({*counts}) == 2:
                rows[name] = "".join("T" if count == min(counts) else "u" for count in counts)
    store.write("ties", {"script": "tests/reference/ties.py"}, "types", rows)


def _count(raw: dict[str, Any], name: str) -> int | None:
    try:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "config.json").write_text(json.dumps(raw), encoding="utf-8")
            config = CONFIG_MAPPING[raw["model_type"]].from_pretrained(folder)
        with torch.device("meta"):
            model = getattr(transformers, name)._from_config(config)
        return sum(weight.numel() for weight in model.parameters())
    except Exception:  # whatever a class says of its own defaults
        return None


if __name__ == "__main__":
    write()
