"""Requirements: what a model must have, and may have, for a builder to claim it."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import field
from typing import Any

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.plugins.features_of import FeaturesOf
from llmsim_adapters.spec.category import Category
from llmsim_adapters.spec.features import GROUPS
from llmsim_adapters.text import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """What a model must have, and may have, for a builder to claim it.

    Attributes:
        categories: the categories that the builder is for.
        parameters: canonical parameters that a config of any of them must have.
        parameters_of: further ones that a category needs.
        components: the kinds of component that the builder models, by name.
        features: the features that it models, by name, or all of some components by `features_of`. Others are gaps.

    Raises:
        TypeError: a field has a value of another type; the message names the field.
        ValueError: a name in a field can't be the name of anything, there is no category, or `features_of` names a
            component that is not in `components`.
    """

    categories: frozenset[Category]
    parameters: tuple[str, ...]
    components: frozenset[str]
    features: Set[str] = frozenset()
    parameters_of: Mapping[Category, tuple[str, ...]] = field(default_factory=dict)
    named_categories: str = field(init=False, repr=False, compare=False)
    """The categories, as messages list them."""
    _all: Mapping[Category, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        def put(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        put("categories", _categories(self.categories))
        put("named_categories", ", ".join(sorted(category.value for category in self.categories)))
        put("parameters", _names("parameters", self.parameters, tuple, list))
        put("components", frozenset(_names("components", self.components, frozenset, set, tuple, list)))
        put("features", _features(self.features, self.components))
        if not isinstance(self.parameters_of, Mapping):
            raise _wrong("parameters_of", self.parameters_of, "a mapping of Category to a tuple of names")
        further = {}
        for category, names in self.parameters_of.items():
            if category not in self.categories or not isinstance(category, Category):
                raise _wrong("parameters_of", category, "a Category that is in `categories` as each key")
            further[category] = _names(f"parameters_of[{category.name}]", names, tuple, list)
        put("parameters_of", further)
        put("_all", {c: tuple(dict.fromkeys((*self.parameters, *names))) for c, names in further.items()})

    def required(self, category: Category) -> tuple[str, ...]:
        """Return the parameters that a model of a category must have, each once."""
        return self._all.get(category, self.parameters)


def _categories(value: Any) -> frozenset[Category]:
    if not isinstance(value, (frozenset, set, tuple, list)):
        raise _wrong("categories", value, "a frozenset of Category")
    for item in value:
        if not isinstance(item, Category):
            raise _wrong("categories", item, "a Category, such as Category.DENSE, as each item")
    if not value:
        message = "field `categories` of Requirements is empty; expected at least one Category"
        raise ValueError(message)
    return frozenset(value)


def _features(value: Any, components: frozenset[str]) -> Set[str]:
    if not isinstance(value, FeaturesOf):
        return frozenset(_names("features", value, frozenset, set, tuple, list))
    groups, named = (_names("features", names, frozenset) for names in (value.groups, value.named))
    for group in sorted(set(groups).difference(components, GROUPS)):
        message = (
            f"field `features` of Requirements: features_of names {group!r}; "
            f"expected kinds that are in `components`, {' or '.join(map(repr, GROUPS))}"
        )
        raise ValueError(message)
    return FeaturesOf(groups, named, value.known)


def _names(name: str, value: Any, *containers: type) -> tuple[str, ...]:
    # A string is a collection of strings, too: the mistake to catch is `parameters=("hidden_size")`.
    if not isinstance(value, containers):
        raise _wrong(name, value, f"a {containers[0].__name__} of names")
    names = []
    items: Any = value
    for item in items:
        if not isinstance(item, str):
            raise _wrong(name, item, "a string as each item")
        plain = str.__str__(item)
        if not plain.isidentifier() or not plain.isascii():
            message = f"field `{name}` of Requirements has {printable(repr(plain), 60)}; expected names like `head_dim`"
            raise ValueError(message)
        names.append(plain)
    return tuple(dict.fromkeys(names))


def _wrong(name: str, found: object, expected: str) -> TypeError:
    shown = printable(repr(found), 60)
    return TypeError(f"field `{name}` of Requirements: found {shown} ({type(found).__name__}); expected {expected}")
