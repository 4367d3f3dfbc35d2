"""The config cases of a model type: its tiny model's values, and seeded random valid variants of them."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from .fields import Values, all_defaults, declared, leaf, prefix_of, row
from .keys import (
    ABSENT,
    AT_MOST,
    BELOW_VOCABULARY,
    CYCLE,
    DIVIDES,
    FOLLOWS,
    PATTERN,
)
from .relations import FOLLOWS_OF, KINDS_OF, QUOTIENTS_OF, TOGETHER
from .rows import THOROUGH, TINY_OF, UNDECLARED
from .special import CHOICES_OF
from .values import CHOICES, KINDS, SCALARS, TINY

Check = Callable[[Values], str | None]
"""Says why a raw config does not work, or None."""

LAYERS = "num_hidden_layers"
VARIANTS = 4
VARIANTS_WHEN_THOROUGH = 6
ATTEMPTS = 400
PATIENCE = 30
"""Draws that vary as many keys as they like; later ones vary fewer and fewer."""


def sketch(model_type: str) -> Values:
    """What a type's tiny model changes of its class defaults, before `resolve`."""
    has = declared(model_type)
    values = {key: TINY[row(key)] for key in has if row(key) in TINY}
    values = dict(sorted(values.items(), key=lambda item: list(TINY).index(row(item[0]))))
    values = {k: v for k, v in (values | TINY_OF.get(model_type, {})).items() if v is not ABSENT}
    for key, default in all_defaults(model_type).items():
        if leaf(key) in BELOW_VOCABULARY and key not in values:
            vocabulary = values.get(f"{prefix_of(key)}vocab_size", TINY["vocab_size"])
            if isinstance(default, int) and default >= vocabulary:
                values[key] = 0
    return values


def tiny(model_type: str) -> Values:
    """What a type's tiny model changes of its class defaults."""
    return resolve(sketch(model_type), model_type, random.Random(model_type))


def layers_of(model_type: str, key: str, values: Values) -> int:
    """How many layers a config has, or the part of it that the key is in."""
    has = declared(model_type)
    counts: Iterator[int | None] = (
        values.get(k, has[k]) for k in has if prefix_of(k) == prefix_of(key) and row(k) == LAYERS
    )
    return next(counts, None) or int(TINY[LAYERS])


def kinds(model_type: str, key: str) -> tuple[str, ...]:
    """What one layer may be."""
    return KINDS_OF.get(model_type, {}).get(leaf(key)) or KINDS[leaf(key)]


def cycle(found: tuple[str, ...], layers: int) -> list[str]:
    """Each kind in turn."""
    return [found[index % len(found)] for index in range(layers)]


def follow(raw: Values, model_type: str) -> None:
    """Let the keys follow that must."""
    has = declared(model_type)
    for key, leader in FOLLOWS_OF.get(model_type, {}).items():
        raw[key] = raw[leader]
    for key, (factors, divisor) in QUOTIENTS_OF.get(model_type, {}).items():
        raw[key] = 1
        for factor in factors:
            raw[key] *= raw.get(factor, has[factor])
        raw[key] //= raw[divisor]
    for prefix in {prefix_of(key) for key in has}:
        for key, leader, witness in FOLLOWS:
            if prefix + witness in has and raw.get(prefix + key) is not None:
                raw[prefix + key] = raw[prefix + leader]


def choices(model_type: str) -> dict[str, tuple[Any, ...]]:
    """The values to try for each key of the class; none for a key that no table knows."""
    extra = UNDECLARED.get(model_type, {})
    following = FOLLOWS_OF.get(model_type, {}) | QUOTIENTS_OF.get(model_type, {})
    base = tiny(model_type)
    found: dict[str, tuple[Any, ...]] = {}
    for key, default in declared(model_type).items():
        own = base.get(key, default)
        if key in extra or key in following:
            continue
        rows = [table[name] for table, name in known(model_type, key) if name in table]
        if rows:
            values = rows[0]
            values = tuple(value for value in values if value != own or value is ABSENT)
            found[key] = few(values, nullable=default is None) if model_type not in THOROUGH else values
        elif leaf(key) in SCALARS and own:
            found[key] = (own // 2 if isinstance(own, int) else own / 2, own * 2)
        else:
            found[key] = (not own,) if isinstance(own, bool) else ()
    return found | extra


def known(model_type: str, key: str) -> Iterator[tuple[dict[str, tuple[Any, ...]], str]]:
    """Where the values to try may stand, and under what name: the most special first."""
    yield CHOICES_OF.get(model_type, {}), leaf(key)
    yield CHOICES, leaf(key)
    yield CHOICES, row(key)


def few(values: tuple[Any, ...], *, nullable: bool) -> tuple[Any, ...]:
    """Only the first and the last ordinary value, and those that leave the key to the class."""
    ordinary = [value for value in values if value is not None and value is not ABSENT]
    ordinary = [*ordinary[:1], *ordinary[1:][-1:]]
    special = [value for value in values if value is None or value is ABSENT]
    return (*ordinary, *special, *([None] if nullable and ordinary and not special else []))


def json_text(value: Any) -> str:
    """A value as its JSON text."""
    return json.dumps(value)


def pattern(found: tuple[str, ...], layers: int, rng: random.Random) -> list[str]:
    """One kind per layer, in no regular order."""
    return [rng.choice(found) for _ in range(layers)]


def resolve(values: Values, model_type: str, rng: random.Random) -> Values:
    """Write out patterns, drop what is left to the class, and let the keys follow that must."""
    raw = {}
    together = TOGETHER.get(model_type, {})
    for key, value in values.items():
        if value is PATTERN:
            raw[key] = pattern(kinds(model_type, key), layers_of(model_type, key, values), rng)
        elif value is CYCLE:
            raw[key] = cycle(kinds(model_type, key), layers_of(model_type, key, values))
        elif value is not ABSENT:
            raw[key] = value
    for key in together:
        raw |= together[key].get(raw.get(key), {})
    follow(raw, model_type)
    return raw


def consistent(raw: Values, model_type: str) -> bool:
    """Whether the declared relations between keys hold."""
    both = declared(model_type) | raw
    roles = {prefix_of(key) + row(key): value for key, value in both.items()}
    prefixes = {prefix_of(key) for key in roles}

    def values(pairs: tuple[tuple[str, str], ...]) -> Iterator[tuple[int, int]]:
        for prefix in prefixes:
            for first, second in pairs:
                a, b = roles.get(prefix + first), roles.get(prefix + second)
                if isinstance(a, int) and isinstance(b, int):
                    yield a, b

    return all(a and b % a == 0 for a, b in values(DIVIDES)) and all(a <= b for a, b in values(AT_MOST))


def single(model_type: str, key: str, value: Any) -> Values:
    """The tiny model with one key changed (and what must follow it)."""
    rng = random.Random(f"{model_type} {key}")
    return resolve(sketch(model_type) | {key: value}, model_type, rng)


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
        base, start = tiny(self.model_type), sketch(self.model_type)
        variants = VARIANTS_WHEN_THOROUGH if self.model_type in THOROUGH else VARIANTS
        for number in range(1, variants + 1):
            rng = random.Random(f"{self.model_type} {number}")
            for attempt in range(ATTEMPTS):
                drawn = self._draw(rng)
                if attempt > PATIENCE:
                    drawn = {key: drawn[key] for key in drawn if rng.random() < PATIENCE / attempt}
                raw = resolve(start | drawn, self.model_type, rng)
                if consistent(raw, self.model_type) and self.why_not(raw) is None:
                    self._tick(drawn, raw, base)
                    yield f"random-{number}", raw
                    break
            else:
                raise RuntimeError(f"{self.model_type}: no valid variant in {ATTEMPTS} draws")
        for key in sorted(self.unvaried):
            values = [value for value in self.usable[key] if self._works_alone(key, value)]
            if values:
                yield f"only-{key}", single(self.model_type, key, values[0])
            else:
                self.fixed = sorted([*self.fixed, key])
        for key in sorted(key for key, value in self.waiting if value == "None" and key not in self.unvaried):
            if self._works_alone(key, None):
                yield f"only-{key}-null", single(self.model_type, key, None)

    def _tick(self, drawn: Values, raw: Values, base: Values) -> None:
        self.waiting -= {(key, repr(value)) for key, value in drawn.items()}
        self.unvaried -= {key for key in drawn if raw.get(key, ABSENT) != base.get(key, ABSENT)}
