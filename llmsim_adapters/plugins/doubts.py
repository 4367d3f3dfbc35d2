"""What of a plugin can't be meant so: names that nobody reads, registers or gives. It is used all the same.

What is looked for is certain to be a mistake or nearly so: where code might make a name as it runs, nothing is said.
"""

from __future__ import annotations

import dis
import re
import sys
from inspect import unwrap
from os.path import basename
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.keys.aliases import ALIASES, CANONICAL
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.reading.find import built_in
from llmsim_adapters.plugins.features_of import FeaturesOf
from llmsim_adapters.plugins.vocabulary import parameters, quoted
from llmsim_adapters.spec.components import every_kind
from llmsim_adapters.spelling import meant
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from llmsim_adapters.plugins.registered import Registered
    from llmsim_adapters.plugins.requirements import Requirements

_SHORTEST_PIECE: Final = 3
_NAMES_BEFORE: Final = ("CALL_FUNCTION_KW", "CALL_KW")
"""The instructions that take the names of a call's arguments, where the version of Python has them."""
_ARGUMENTS: Final = tuple(name for name in Dialect.__dataclass_fields__ if name != "canonical")


def of_dialect(dialect: Dialect, package: str) -> Iterator[str]:
    """Yield what of a dialect nobody reads."""
    asked = asked_of(dialect, package)
    if asked is None:
        return
    of = f"dialect `{printable(dialect.model_type, 60)}`"
    ours = _origin(dialect)
    for name in dialect.defaults:
        if ours is not None and name in ours.defaults:
            continue
        if why := _unread(name, asked, dialect, (*asked, *_ARGUMENTS)):
            yield f"{of}: nobody reads the default `{printable(name, 60)}`{place(name, package)}{why}"
    for key, target in dialect.aliases.items():
        if ours is not None and ours.aliases.get(key) == target:
            continue
        if why := _unread(target, asked, dialect, asked):
            yield (
                f"{of}: the alias `{printable(key, 60)}` is for `{printable(target, 60)}`"
                f"{place(target, package)}, which is no canonical parameter{why}"
            )


def _origin(dialect: Dialect) -> Dialect | None:
    """Return the dialect of this package whose code reads it, what it says is read there; None: it has its own."""
    module = sys.modules.get(str(getattr(unwrap(dialect.read), "__module__", "")))
    found = getattr(module, "DIALECT", None)
    return found if isinstance(found, Dialect) and found is built_in(found.model_type) else None


def _unread(name: str, asked: frozenset[str], dialect: Dialect, known: Collection[str]) -> str:
    """Return why a name can't be read, empty where it may be."""
    if _among(name, asked):
        return ""
    canonical = dialect.canonical.get(name, name)
    if canonical != name:
        return f", a spelling of `{printable(canonical, 60)}`: say that"
    if name in ALIASES or _in_sources(name):
        return ""
    return meant(name, {*parameters(), *known}) or "; `llmsim-adapters names` lists those that there are"


def of_builder(name: str, requirements: Requirements, found: Registered, package: str) -> Iterator[str]:
    """Yield what a builder names and nobody brings: parameters, kinds of component, features."""
    required = {*requirements.parameters, *(p for names in requirements.parameters_of.values() for p in names)}
    for parameter in sorted(required - ALIASES.keys()):
        said = f"builder `{name}` requires `{parameter}`{place(parameter, package)}, which no dialect gives"
        if CANONICAL.get(parameter, parameter) != parameter:
            yield f"{said}: it is a spelling of `{CANONICAL[parameter]}`; say that"
        elif not _among(parameter, found.asked) and not _in_sources(parameter):
            yield said + meant(parameter, {*parameters(), *found.asked})
    kinds = {kind.kind for kind in found.lowerings if hasattr(kind, "kind")}
    if requirements.components - kinds:
        kinds |= {kind.kind for kind in every_kind()}
        for kind in sorted(requirements.components - kinds):
            yield (
                f"builder `{name}` models the component `{kind}`{place(kind, package)}, which nobody registered"
                + meant(kind, kinds)
            )
    features = requirements.features
    named = features.named if isinstance(features, FeaturesOf) else features
    for feature in sorted(name for name in named if name not in found.features):
        known = [each.name for each in found.features]
        yield (
            f"builder `{name}` models the feature `{feature}`{place(feature, package)}, which nobody registered"
            f"{meant(feature, known)}"
        )


def unmarked(plugin: Any, hooks: Collection[str], marker: str) -> Iterator[str]:
    """Yield the functions of a plugin's module that have the name of a hook and are none."""
    for name in hooks:
        function = getattr(plugin, name, None)
        if callable(function) and not hasattr(function, marker):
            code = getattr(function, "__code__", None)
            where = "" if code is None else f" ({basename(code.co_filename)}:{code.co_firstlineno})"
            yield f"`{name}`{where} is not marked by `@la.hookimpl`, so nobody calls it"


def asked_of(dialect: Dialect, package: str) -> frozenset[str] | None:
    """Return the strings in the code of a dialect, that of its towers among it; None: it has no code to look at."""
    asked = asked_by(dialect.read, package)
    if asked is None or dialect.towers is None:
        return asked
    beside = asked_by(dialect.towers, package)
    return None if beside is None else asked | beside


def asked_by(read: Any, package: str) -> frozenset[str] | None:
    """Return the strings in the code of a function and of what it calls in its own package; None: it has no code."""
    function = unwrap(read) if callable(read) else read
    if not isinstance(function, FunctionType):
        return None
    strings: set[str] = set()
    waiting, seen = [function], {function}
    while waiting:
        at = waiting.pop()
        names: set[str] = set()
        for code in _codes(at.__code__):
            names.update(code.co_names)
            strings.update(_strings(_values(code)))
        for name in names:
            called = at.__globals__.get(name)
            if (
                isinstance(called, FunctionType)
                and called not in seen
                and called.__module__.partition(".")[0] == package
            ):
                seen.add(called)
                waiting.append(called)
    return frozenset(strings)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)


def _values(code: CodeType) -> Iterator[Any]:
    """Yield the constants that code uses as values: the names of a call's arguments are none that it asks for."""
    instructions = list(dis.get_instructions(code))
    for instruction, after in zip(instructions, [*instructions[1:], None], strict=True):
        names = instruction.opname == "KW_NAMES" or (after is not None and after.opname in _NAMES_BEFORE)
        if instruction.opcode in dis.hasconst and not (names and isinstance(instruction.argval, tuple)):
            yield instruction.argval


def _strings(values: Any) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, (tuple, frozenset)):
            yield from _strings(value)


def _among(name: str, asked: Collection[str]) -> bool:
    """Whether code may ask for a name, whole or put together of pieces."""
    last = name.rpartition(".")[2]
    return any(
        piece in (name, last) or (len(piece) >= _SHORTEST_PIECE and (name.startswith(piece) or name.endswith(piece)))
        for piece in asked
    )


def _in_sources(name: str) -> bool:
    return name.rpartition(".")[2] in quoted() or not quoted()


def place(word: str, package: str) -> str:
    """Return where a plugin's source says a word, as ` (file:line)`; empty where that can't be found."""
    pattern = re.compile(rf"[\"']{re.escape(word)}[\"']|\b{re.escape(word)}\s*=(?!=)")
    for name, module in sorted(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name.partition(".")[0] != package or not isinstance(file, str) or not file.endswith(".py"):
            continue
        try:
            lines = Path(file).read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError):
            continue
        for number, line in enumerate(lines, 1):
            if pattern.search(line):
                return f" ({basename(file)}:{number})"
    return ""
