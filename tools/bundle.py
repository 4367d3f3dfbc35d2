"""Write what a published config says of its architecture into `hf_config/`, as this project bundles configs.

    python tools/bundle.py org--name.json…

A file is named after its model, `org--name.json`. What is kept is every key that bears on the architecture, or that
nobody reads; what is left out is bookkeeping: names, versions, training, generation, token ids.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "hf_config"
sys.path.insert(0, str(ROOT))

_FIRST: Final = ("model_type", "architectures")


def facts(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a config says of its architecture."""
    from tests.reference.sglang import trimmed

    return trimmed(config)


def text(config: Mapping[str, Any]) -> str:
    """Return a config as it is written."""
    ordered = {key: config[key] for key in _FIRST if key in config}
    rest = {key: value for key, value in config.items() if key not in _FIRST}
    rest = json.loads(json.dumps(rest, sort_keys=True))
    return json.dumps({**ordered, **rest}, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write each file of the command line."""
    for path in map(Path, sys.argv[1:]):
        config = json.loads(path.read_text(encoding="utf-8"))
        (FOLDER / path.name).write_text(text(facts(config)), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
