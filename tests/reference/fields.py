"""The config keys of a model type, as transformers' classes declare them.

A key of a part of the config is written with the part before it: `text_config.hidden_size`.
"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from .keys import COST_FREE, COST_FREE_ENDINGS, LIKE, PART_TYPES, PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping

Values = dict[str, Any]


def leaf(key: str) -> str:
    """A key's own name, without the part that it is in."""
    return key.rpartition(".")[2]


def prefix_of(key: str) -> str:
    """The part that a key is in, with its dot."""
    return key.removesuffix(leaf(key))


def row(key: str) -> str:
    """The name under which the tables know a key."""
    return LIKE.get(leaf(key), leaf(key))


def parts(model_type: str) -> dict[str, Any]:
    """The class of a type's config and of the configs in it that bear on the language model, by prefix."""
    config_class = CONFIG_MAPPING[model_type]
    found = {"": config_class}
    for name, part in config_class.sub_configs.items():
        if name in PARTS:
            if told := PART_TYPES.get(model_type, {}).get(name):
                found[f"{name}."] = CONFIG_MAPPING[told]
            else:
                fixed = dataclasses.is_dataclass(part)
                found[f"{name}."] = part if fixed else type(getattr(config_class(), name))
    return found


def aliases(model_type: str) -> dict[str, str]:
    """Other names that the class accepts for a key, and the spelling that it writes."""
    return {
        prefix + other: prefix + spelling
        for prefix, part in parts(model_type).items()
        for other, spelling in part.attribute_map.items()
    }


def declared(model_type: str) -> Values:
    """The class's own config keys, as they are spelled in a `config.json`, with their defaults."""
    config_parts = parts(model_type)
    return {
        prefix + part.attribute_map.get(field.name, field.name): plain(field)
        for prefix, part in config_parts.items()
        for field in dataclasses.fields(part)
        if field.name not in COST_FREE
        and not field.name.endswith(COST_FREE_ENDINGS)
        and f"{prefix}{field.name}." not in config_parts
    }


def plain(field: dataclasses.Field[Any]) -> Any:
    """A field's default as JSON has it."""
    factory = field.default_factory
    value = field.default if factory is dataclasses.MISSING else factory()
    return json.loads(json.dumps(value, default=str), parse_constant=lambda name: {"__float__": name})


def all_defaults(model_type: str) -> Values:
    """Every field's default, whatever it bears on."""
    return {
        prefix + field.name: plain(field)
        for prefix, part in parts(model_type).items()
        for field in dataclasses.fields(part)
    }


def nested(raw: Values) -> Values:
    """Put the keys of parts into their parts, as in a `config.json`."""
    whole: Values = {}
    for key, value in raw.items():
        *path, name = key.split(".")
        level = whole
        for step in path:
            level = level.setdefault(step, {})
        level[name] = value
    return whole


def flat(raw: Values, has: Mapping[str, Any], prefix: str = "") -> Values:
    """Write a nested raw config with the keys as `declared` has them; what that has not is left out."""
    values: Values = {}
    for key, value in raw.items():
        if prefix + key in has:
            values[prefix + key] = value
        elif isinstance(value, dict):
            values |= flat(value, has, f"{prefix}{key}.")
    return values


def respell(model_type: str, raw: Values) -> Values:
    """Write the keys as the class's attributes are called, where a `config.json` spells them otherwise."""
    attribute = {spelling: name for name, spelling in aliases(model_type).items()}
    return {attribute.get(key, key): value for key, value in raw.items()}
