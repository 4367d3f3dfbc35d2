"""What a release registers, joined with what is known of its architectures: the rows of a registry.

`models.json` is kept by hand: for an architecture a model's id, its `model_type` where no config tells it, and the
config that is at hand. Everything else is read from the release. A draft without a config of its own has its target's,
as the engine takes it; other architectures that share a class share nothing else.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from llmsim_adapters.registries.families import family
from llmsim_adapters.registries.offline import Offline
from llmsim_adapters.registries.registry import Registry, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from llmsim_adapters.registries.entry import Entry


@cache
def models() -> Mapping[str, Mapping[str, Any]]:
    """Return what is known of each architecture, whoever registers it."""
    text = files("llmsim_adapters.registries").joinpath("models.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def registry(name: str, title: str, entries: Iterable[Entry], version: str | None, source: str) -> Registry:
    """Return a registry of what a release registers, by family and name."""
    listed = list(entries)
    kinds = {entry.architecture: entry for entry in listed}
    rows = sorted((_row(entry, kinds) for entry in listed), key=lambda row: (row.family.casefold(), row.name))
    return Registry(models=tuple(rows), name=name, title=title, version=version, source=source)


def _row(entry: Entry, entries: Mapping[str, Entry]) -> Row:
    known = models().get(entry.architecture, {})
    config, target = _config(entry)
    targets = () if entry.rename is None else entry.rename.targets
    huggingface = known.get("huggingface")
    if huggingface is None and target is not None:
        huggingface = models().get(target, {}).get("huggingface")
    return Row(
        name=entry.architecture,
        family=family(entry.architecture, entry.module),
        huggingface=huggingface,
        architecture=entry.architecture,
        module=entry.module,
        kind=entry.kind,
        model_type=_model_type(entry, config, entries),
        base=entry.base,
        alias=entry.alias or None,
        targets=targets,
        config=config,
        runs=known.get("runs"),
        note=known.get("note"),
    )


def _config(entry: Entry) -> tuple[Offline | None, str | None]:
    """Return the config of an entry, and the target that it is taken from."""
    own = models().get(entry.architecture, {}).get("config")
    if own is not None:
        return Offline.model_validate(own), None
    if entry.rename is None:
        return None, None
    at_hand = [target for target in entry.rename.targets if "config" in models().get(target, {})]
    published = [target for target in at_hand if models()[target]["config"]["kind"] == "published"]
    for target in published or at_hand:
        base = Offline.model_validate(models()[target]["config"])
        kind = "class_default" if base.kind == "class_default" else "derived"
        how = f"the config of {target}, its target, by the name that the engine gives it"
        changed = {"kind": kind, "how": how, "keys": {**base.keys, **entry.rename.keys}}
        return base.model_copy(update=changed), target
    return None, next(iter(entry.rename.targets))


def _model_type(entry: Entry, config: Offline | None, entries: Mapping[str, Entry], depth: int = 0) -> str | None:
    """Return the `model_type` of an architecture's configs: as known, of its config, or of what a draft is made for."""
    said: str | None = models().get(entry.architecture, {}).get("model_type")
    found = None if config is None else config.config(entry.architecture)
    if said is None and found is not None:
        said = found.data.get("model_type")
    if said is not None or entry.kind != "draft" or depth > len(entries):
        return said
    others = entry.rename.targets if entry.rename is not None else (entry.base or "",)
    other = next((entries[name] for name in others if name in entries), None)
    return None if other is None else _model_type(other, _config(other)[0], entries, depth + 1)


def text(registry: Registry) -> str:
    """Return a registry as its file has it: a line for each row."""
    head = registry.model_dump(exclude={"models"}, exclude_none=True)
    rows = (row.model_dump(exclude_none=True, exclude_defaults=True) for row in registry.models)
    top = json.dumps(head, indent=2).removesuffix("\n}")
    return f'{top},\n  "models": [\n' + ",\n".join(f"    {json.dumps(row)}" for row in rows) + "\n  ]\n}\n"
