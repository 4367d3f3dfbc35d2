"""Types that nobody declared, near to one that is: the class is that one's, or the name extends its.

A name says little (`qwen3_moe` extends `qwen3`), and drafts name the class of their target: the other type has to read
every key. Sizes are never taken from its defaults, and each other default that is taken is an assumption.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.dialects.reading.find import built_in, declared_types
from llmsim_adapters.dialects.reading.reading import Origin
from llmsim_adapters.dialects.reading.tracker import LANGUAGE_HEADS
from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.dialect import Dialect
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.dialects.reading.reading import Reading

_TEXT: Final = "_text"
"""The end of the names of language models that stand in a config of the whole model."""
_LONGEST: Final = 200
"""Of a name that no type has the like of, no more is looked at."""
_UNREAD: Final = (GapKind.UNREAD_KEY, GapKind.CONFLICTING_KEYS)


class Relative(NamedTuple):
    """A declared type that stands for one that nobody declared, and why."""

    dialect: Dialect
    why: str


def relatives(model_type: str, architecture: str) -> Iterator[Relative]:
    """Yield the declared types that may stand for an undeclared one, the nearest first."""
    same_class = _types_of_classes().get(_class_name(architecture))
    if same_class is not None:
        yield Relative(_without_sizes(same_class), f"{printable(architecture, 60)} is the class of {same_class}")
    words = re.split(r"(?=[_-])", model_type.removesuffix(_TEXT)[:_LONGEST])[:8]
    for count in range(len(words) - 1, 0, -1):
        name = "".join(words[:count])
        found = next((n for n in (name + _TEXT, name) if n and built_in(n) is not None), None)
        if found is not None:
            yield Relative(_without_sizes(found), f"the name extends that of {found}")
            return


def accepts(reading: Reading) -> bool:
    """Return whether a reading as another type is worth more than one by keys alone."""
    return reading.spec is not None and not any(gap.kind in _UNREAD for gap in reading.gaps)


def assume(relative: Relative, r: Reader) -> None:
    """Note that the type is read as another, and each default of the other that is taken."""
    name = relative.dialect.model_type
    detail = f"no dialect knows the type ({printable(r.model_type) or 'none'}); {relative.why}: it is read as that"
    r.gaps.insert(0, Gap(GapKind.INFERRED, "model_type", detail))
    for parameter in list(r.parameters.values()):
        if parameter.origin is Origin.DEFAULTED and parameter.value is not None:
            r.inferred(
                parameter.name, f"no key says so: taken to be {printable(repr(parameter.value), 60)}, as in {name}"
            )


def _class_name(architecture: str) -> str:
    head = next((end for end in LANGUAGE_HEADS if architecture.endswith(end)), "")
    return _plain(architecture.removesuffix(head)[:_LONGEST]) if head else ""


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


@cache
def _types_of_classes() -> dict[str, str]:
    """Return the declared types by the names that their classes have."""
    names = sorted(declared_types())
    return {_plain(name.removesuffix(_TEXT)): name for name in names} | {_plain(name): name for name in names}


@cache
def _without_sizes(model_type: str) -> Dialect:
    """Return the dialect of a type without the sizes that its class has by default: another type has others.

    What is none or one is no size: it says that there is none of a thing, or that every layer has it.
    """
    dialect = built_in(model_type)
    assert dialect is not None
    kept = {name: value for name, value in dialect.defaults.items() if value.__class__ is not int or value in (0, 1)}
    return replace(dialect, defaults=kept)
