"""What SGLang makes of a config that it is given as a draft: of some architectures it runs their prediction module.

It then has the target's config by another name, as `renames.py` reads off its source and `sglang.json` keeps.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from llmsim_adapters.package_data import package_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.sources import RawConfig


def as_draft(config: RawConfig) -> RawConfig | None:
    """Return the config by the name that SGLang gives it as a draft; None where it keeps its own."""
    named = config.data.get("architectures")
    if not isinstance(named, list) or not named or not isinstance(named[0], str) or named[0] not in _names():
        return None
    name, keys = _names()[named[0]]
    return replace(config, data={**config.data, "architectures": [name], **keys})


@cache
def _names() -> Mapping[str, tuple[str, Mapping[str, Any]]]:
    """Return the name of the draft of each architecture that has one, and the keys that SGLang sets with it.

    One that only some checkpoints have, beside their own weights (DSpark), no config tells.
    """
    text = package_text("llmsim_adapters.registries", "sglang.json")
    rows = {row["name"]: row for row in json.loads(text)["models"]}
    found: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for name, row in rows.items():
        if name.endswith("DSpark"):
            continue
        for target in row.get("targets", ()):
            of_target = rows.get(target, {}).get("config", {}).get("keys", {})
            set_here = row.get("config", {}).get("keys", {})
            found[target] = name, {key: value for key, value in set_here.items() if key not in of_target}
    return found
