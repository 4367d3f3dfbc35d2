"""The config cases of a model type: its tiny model's values, and seeded random valid variants of them."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from .keys import (
    ABSENT,
    AT_MOST,
    BELOW_VOCABULARY,
    CHOICES,
    COST_FREE,
    COST_FREE_ENDINGS,
    DIVIDES,
    FOLLOWS,
    KINDS,
    LAYER_COUNTS,
    PATTERN,
    TINY,
    TINY_OF,
    UNDECLARED,
)

Values = dict[str, Any]
Check = Callable[[Values], str | None]
"""Says why a raw config does not work, or None."""

VARIANTS = 6
ATTEMPTS = 400


def aliases(model_type: str) -> dict[str, str]:
    """Other names that the class accepts for a key, and the spelling that it writes."""
    return dict(CONFIG_MAPPING[model_type].attribute_map)


def declared(model_type: str) -> Values:
    """The class's own config keys, as they are spelled in a `config.json`, with their defaults."""
    config_class = CONFIG_MAPPING[model_type]
    spelling = aliases(model_type)
    return {
        spelling.get(field.name, field.name): plain(field)
        for field in dataclasses.fields(config_class)
        if field.name not in COST_FREE and not field.name.endswith(COST_FREE_ENDINGS)
    }


def plain(field: dataclasses.Field[Any]) -> Any:
    """A field's default as JSON has it."""
    factory = field.default_factory
    value = field.default if factory is dataclasses.MISSING else factory()
    return json.loads(json.dumps(value, default=str))


def all_defaults(model_type: str) -> Values:
    """Every field's default, whatever it bears on."""
    return {field.name: plain(field) for field in dataclasses.fields(CONFIG_MAPPING[model_type])}


def tiny(model_type: str) -> Values:
    """What a type's tiny model changes of its class defaults."""
    has = declared(model_type)
    values = {key: value for key, value in TINY.items() if key in has} | TINY_OF.get(model_type, {})
    values = {key: value for key, value in values.items() if value is not ABSENT}
    follow(values, has)
    everything = all_defaults(model_type)
    small = values.get("vocab_size", TINY["vocab_size"])
    return values | {key: 0 for key in BELOW_VOCABULARY if (everything.get(key) or 0) >= small}


def follow(raw: Values, has: Mapping[str, Any]) -> None:
    """Let the keys follow that must."""
    for key, leader, witness in FOLLOWS:
        if witness in has and raw.get(key) is not None:
            raw[key] = raw[leader]


def respell(model_type: str, raw: Values) -> Values:
    """Write the keys as the class's attributes are called, where a `config.json` spells them otherwise."""
    attribute = {spelling: name for name, spelling in aliases(model_type).items()}
    return {attribute.get(key, key): value for key, value in raw.items()}


def choices(model_type: str) -> dict[str, tuple[Any, ...]]:
    """The values to try for each key of the class; none for a key that no table knows."""
    extra = UNDECLARED.get(model_type, {})
    base = tiny(model_type)
    found: dict[str, tuple[Any, ...]] = {}
    for key, default in declared(model_type).items():
        own = base.get(key, default)
        if key in extra:
            continue
        if key in CHOICES:
            found[key] = tuple(value for value in CHOICES[key] if value != own or value is ABSENT)
        else:
            found[key] = (not own,) if isinstance(own, bool) else ()
    return found | extra


def json_text(value: Any) -> str:
    """A value as its JSON text."""
    return json.dumps(value)


def pattern(key: str, layers: int, rng: random.Random) -> list[str]:
    """One kind per layer, in no regular order."""
    return [rng.choice(KINDS[key]) for _ in range(layers)]


def resolve(values: Values, model_type: str, rng: random.Random) -> Values:
    """Write out patterns and drop what is left to the class."""
    has = declared(model_type)
    layers = next((values.get(key, has[key]) for key in LAYER_COUNTS if key in has), None)
    raw = {k: pattern(k, layers or 0, rng) if v is PATTERN else v for k, v in values.items() if v is not ABSENT}
    follow(raw, has)
    return raw


def consistent(raw: Values, model_type: str) -> bool:
    """Whether the declared relations between keys hold."""
    both = declared(model_type) | raw

    def values(pairs: tuple[tuple[str, str], ...]) -> Iterator[tuple[int, int]]:
        for first, second in pairs:
            if both.get(first) is not None and both.get(second) is not None:
                yield both[first], both[second]

    return all(b % a == 0 for a, b in values(DIVIDES)) and all(a <= b for a, b in values(AT_MOST))


def single(model_type: str, key: str, value: Any) -> Values:
    """The tiny model with one key changed (and what must follow it)."""
    rng = random.Random(f"{model_type} {key}")
    return resolve(tiny(model_type) | {key: value}, model_type, rng)


@dataclasses.dataclass
class Sampler:
    """Draws random variants of a type's tiny model until each key, and each special value, occurred once."""

    model_type: str
    why_not: Check

    def __post_init__(self) -> None:
        """Try each value by itself; set aside those that transformers refuses."""
        if reason := self.why_not(tiny(self.model_type)):
            raise RuntimeError(f"{self.model_type}: the tiny model does not run: {reason}")
        self.usable: dict[str, list[Any]] = {}
        self.refused: dict[str, dict[str, str]] = {}
        for key, values in choices(self.model_type).items():
            reasons = {repr(value): self._refusal(key, value) for value in values}
            self.usable[key] = [value for value in values if not reasons[repr(value)]]
            if why := {json_text(value): reasons[repr(value)] for value in values if reasons[repr(value)]}:
                self.refused[key] = {value: str(reason) for value, reason in why.items()}
        self.fixed = sorted(key for key, values in self.usable.items() if not values)
        self.waiting = {(key, repr(value)) for key, values in self.usable.items() for value in values}
        self.unvaried = {key for key, values in self.usable.items() if values}

    def _refusal(self, key: str, value: Any) -> str | None:
        raw = single(self.model_type, key, value)
        return self.why_not(raw) if consistent(raw, self.model_type) else None  # else decided with other keys

    def _works_alone(self, key: str, value: Any) -> bool:
        raw = single(self.model_type, key, value)
        return consistent(raw, self.model_type) and self.why_not(raw) is None

    def _draw(self, rng: random.Random) -> dict[str, Any]:
        drawn = {}
        for key, values in self.usable.items():
            fresh = [value for value in values if (key, repr(value)) in self.waiting]
            if values and rng.random() < (0.8 if len(values) > 1 else 0.5):
                drawn[key] = rng.choice(fresh or values)
        return drawn

    def variants(self) -> Iterator[tuple[str, Values]]:
        """`random-1`, …, then `only-{key}` for each key that none of these varied, or never set to null."""
        base = tiny(self.model_type)
        for number in range(1, VARIANTS + 1):
            rng = random.Random(f"{self.model_type} {number}")
            for _ in range(ATTEMPTS):
                drawn = self._draw(rng)
                raw = resolve(base | drawn, self.model_type, rng)
                if consistent(raw, self.model_type) and self.why_not(raw) is None:
                    self._tick(drawn, raw, base)
                    yield f"random-{number}", raw
                    break
            else:
                raise RuntimeError(f"{self.model_type}: no valid variant in {ATTEMPTS} draws")
        for key in sorted(self.unvaried):
            value = next(value for value in self.usable[key] if self._works_alone(key, value))
            yield f"only-{key}", single(self.model_type, key, value)
        for key in sorted(key for key, value in self.waiting if value == "None" and key not in self.unvaried):
            if self._works_alone(key, None):
                yield f"only-{key}-null", single(self.model_type, key, None)

    def _tick(self, drawn: Values, raw: Values, base: Values) -> None:
        self.waiting -= {(key, repr(value)) for key, value in drawn.items()}
        self.unvaried -= {key for key in drawn if raw.get(key, ABSENT) != base.get(key, ABSENT)}
