"""Caches at the edges of windows and strides: what tiny models keep of prompts below, at and above each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from . import measure, store

if TYPE_CHECKING:
    from pathlib import Path

RUNS: Final = ((2, 8), (2, 9), (2, 10), (2, 15), (2, 16))
"""Batch and length: about the window of tiny models, 9, and about a multiple of their strides, 3 and 5."""

EDGED: Final = ("SlidingWindow", "compressed_kv")
"""What the cache of a type with a window or a stride has: a kind of layer, or a tensor."""


def write(folder: Path) -> None:
    """Prefill the tiny model of each type whose facts have such a cache."""
    rows = {}
    for path in sorted(folder.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")).get("cases", ()):
            found = case["name"] == "tiny-minimal" and any(word in json.dumps(case["runs"]) for word in EDGED)
            if found and "text_config" not in case["config"]:  # a whole model's is that of its text's type
                rows[path.stem] = prefilled(case["config"])
    store.write("edges", {}, "types", rows, folder)


def prefilled(config: dict[str, Any]) -> dict[str, Any]:
    """What is cached after prompts of the lengths above."""
    model = measure.build(config)
    runs = [measure.run(model, *shape, twice=False) for shape in RUNS]
    return {"config": config, "runs": [{name: run[name] for name in ("batch", "seq_len", "cache")} for run in runs]}
