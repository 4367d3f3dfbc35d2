"""Which keys each class of transformers takes, of those that the type's dialect would read as a parameter.

Of the configs of encoders these are the ones that it has by default.

A class takes a key that it declares, one that changes what else it says or is refused, and one that changes the tiny
model. Whatever else a config has it keeps and never looks at, so that a size under another family's spelling is none.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

from transformers.models.auto.configuration_auto import CONFIG_MAPPING
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

from llmsim_adapters.dialects.keys.parts import is_tower
from llmsim_adapters.dialects.keys.spelled import PATTERNS
from llmsim_adapters.dialects.reading.find import built_in, declared_types
from llmsim_adapters.dialects.reading.tracker import LANGUAGE_MODELS

from . import cases, fields, measure, store
from .rows import UNDECLARED

if TYPE_CHECKING:
    from pathlib import Path

Facts = dict[str, Any]

ANY: Final = (3, True, "gelu", [1])
"""Values to try where the tiny model says none: one that a class looks at changes something or is refused."""


def write(folder: Path) -> None:
    """Write the keys that each class takes."""
    rows = {}
    for name, folder_of in sorted([(name, each) for each in ("types", "towers") for name in declared_types(each)]):
        dialect = built_in(name, folder_of)
        if dialect is not None and dialect.model_type in CONFIG_MAPPING:
            rows[dialect.model_type] = taken(
                dialect.model_type, {*dialect.canonical, *dialect.defaults, *LANGUAGE_MODELS, *PATTERNS}
            )
    store.write("spelled", {}, "types", dict(sorted(rows.items())), folder)


def taken(model_type: str, keys: set[str]) -> list[str]:
    """The keys, of these, that the type's class takes."""
    of_class = {field.name for field in dataclasses.fields(CONFIG_MAPPING[model_type])}
    for each in CONFIG_MAPPING[model_type].attribute_map.items():
        of_class |= set(each)
    of_class |= UNDECLARED.get(model_type, {}).keys()
    plain = {key for key in keys if "." not in key}
    undeclared = plain - of_class - set(LANGUAGE_MODELS)  # which any config is asked for, and fails at other values
    default = default_of(model_type)
    towers = {key for key in of_class if is_tower(key, {}) and getattr(default, key, None) is not None}
    return sorted(towers | (plain & of_class) | looked_at(tiny(model_type), sorted(undeclared)))


def default_of(model_type: str) -> Any:
    """The config of the class's defaults; None where it refuses them itself."""
    try:
        return CONFIG_MAPPING[model_type]()
    except Exception:  # whatever the class says of them
        return None


def tiny(model_type: str) -> Facts:
    """The raw config of a small model of the type, or of its default where the tables know none."""
    if model_type not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        return {"model_type": model_type}
    changes = fields.nested(cases.tiny(model_type))
    return {"model_type": model_type, "architectures": [measure.architecture(model_type)], **changes}


def looked_at(raw: Facts, keys: list[str]) -> set[str]:
    """The keys, of those that the class does not declare, with which it does anything."""
    before = seen(raw, keys)
    dialect = built_in(raw["model_type"])
    known = {} if dialect is None else dialect.canonical
    said = {known.get(key, key): value * 2 for key, value in raw.items() if value.__class__ is int}
    found: set[str] = set()
    for value in ANY:
        added = {key: said.get(known.get(key, key), value) for key in keys if key not in found}
        found |= among(raw, added, before, keys)
    return found


def among(raw: Facts, added: Facts, before: tuple[Any, ...], keys: list[str]) -> set[str]:
    """Those of some keys that make a difference: all at once, then by halves."""
    after = seen({**raw, **added}, keys)
    if not added or all(one == other for one, other in zip(after, before, strict=True)):
        return set()
    if len(added) == 1:
        return set(added)
    items = list(added.items())
    half = len(items) // 2
    return among(raw, dict(items[:half]), before, keys) | among(raw, dict(items[half:]), before, keys)


def seen(raw: Facts, keys: list[str]) -> tuple[Any, ...]:
    """What a class makes of a raw config, apart from these keys: its other keys, and the tiny model's totals."""
    try:
        config = measure.configure(raw)
    except Exception as error:
        return type(error).__name__, None
    said = measure.serialise(config, diff=False)
    said = {name: value for name, value in said.items() if name not in keys}
    if raw["model_type"] not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        return said, None
    try:
        return said, measure.totals(measure.build(raw, "meta"))
    except Exception as error:
        return said, type(error).__name__
