"""A site as plugins' lowerings have it: words are checked where they are said, so that the error has the line."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import cache, partial
from inspect import Signature, signature
from os.path import basename
from typing import TYPE_CHECKING, Any, Final, get_args

from llmsim_adapters.graph.cache import CacheKind
from llmsim_adapters.graph.operator import OperatorKind, Role, Sharding
from llmsim_adapters.lowerings.site import Site
from llmsim_adapters.spec.dtypes import BITS
from llmsim_adapters.spelling import meant
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from llmsim_adapters.lowerings.site import Lowering
    from llmsim_adapters.spec.components import Component

_DTYPES: Final = (None, *BITS)
WORDS: Final[dict[str, dict[str, Collection[Any]]]] = {
    "linear": {"sharding": get_args(Sharding)},
    "matrix": {"sharding": get_args(Sharding)},
    "norm": {"sharding": get_args(Sharding)},
    "weight": {"sharding": get_args(Sharding), "role": get_args(Role), "dtype": _DTYPES},
    "product": {"sharding": get_args(Sharding), "kind": get_args(OperatorKind)},
    "cache": {"sharding": get_args(Sharding), "kind": get_args(CacheKind), "dtype": _DTYPES},
    "keep": {"sharding": get_args(Sharding), "kind": get_args(CacheKind), "dtype": _DTYPES},
}
"""The arguments of a site's methods that are words, and the words that there are."""

_places: dict[str, str] | None = None


@contextmanager
def emitted_at() -> Iterator[Mapping[str, str]]:
    """Yield file and line of what plugins' lowerings emit meanwhile, by its label in the block."""
    global _places
    _places = {}
    try:
        yield _places
    finally:
        _places = None


def checking(lower: Lowering) -> Lowering:
    """Return the lowering of a plugin's component, which is given a site that checks words."""

    def lowered(component: Component, site: Site, /) -> None:
        lower(component, CheckedSite(site))  # type: ignore[arg-type]

    return lowered


class CheckedSite:
    """Stands for a site, and passes everything on to it."""

    __slots__ = ("_site",)

    def __init__(self, site: Site) -> None:
        self._site = site

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._site, name)
        return partial(_call, self._site, name, found) if name in WORDS else found


def _call(site: Site, name: str, method: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    try:
        given = _signature(name).bind(site, *args, **kwargs).arguments
    except TypeError:
        return method(*args, **kwargs)  # says what is wrong with them
    about = given.get("name", given.get("kind", ""))
    for argument, words in WORDS[name].items():
        if argument in given and given[argument] not in words:
            check_word(f"{name} `{printable(about, 60)}`", argument, given[argument], words)
    if _places is not None and "name" in given:
        caller = sys._getframe(1)
        _places[f"{site._label}{about}"] = f"{basename(caller.f_code.co_filename)}:{caller.f_lineno}"
    return method(*args, **kwargs)


@cache
def _signature(name: str) -> Signature:
    return signature(getattr(Site, name))


def check_word(about: str, argument: str, found: Any, words: Collection[Any]) -> None:
    """Refuse a word that is none of those that there are.

    Raises:
        ValueError: it is none.
    """
    if found in words:
        return
    known = [word for word in words if word is not None]
    shown = printable(repr(found), 60)
    message = f"{about}: `{argument}` is {shown}{meant(str(found), known)}; expected one of {', '.join(known)}"
    raise ValueError(message)
