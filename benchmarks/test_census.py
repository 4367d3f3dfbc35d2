"""A census of the bundled configs, with other sizes in each, against `json.loads` of the same lines; one process.

The aim is 2,000 configs a second on a core that does nothing else, which the summary shows; the ratio is what holds on
any machine.
"""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any, Final

import llmsim_adapters as la
from llmsim_adapters.sources import bundled_dir

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONFIGS: Final = 500


def records() -> list[str]:
    folder = bundled_dir()
    assert folder is not None
    bundled = [json.loads(path.read_bytes()) for path in sorted(folder.glob("*.json"))]
    return [json.dumps({"id": f"o/{at}", "config": sized(config, at)}) for at, config in _numbered(bundled)]


def _numbered(bundled: list[dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
    return list(enumerate(itertools.islice(itertools.cycle(bundled), CONFIGS)))


def sized(config: dict[str, Any], number: int) -> dict[str, Any]:
    size = config.get("vocab_size")
    return {**config, "vocab_size": size + 64 * number} if isinstance(size, int) else config


def test_census(tmp_path: Path, compare: Callable[..., None]) -> None:
    lines = records()
    source, output = tmp_path / "in.jsonl", tmp_path / "rows.jsonl"
    source.write_text("\n".join(lines))

    def base() -> None:
        for line in lines:
            json.loads(line)

    def call() -> None:
        assert la.census([source], output, offline=True).total.models == CONFIGS

    compare("census", f"{CONFIGS} configs", call, base, turns=15, calls=1, each=(CONFIGS, CONFIGS))
