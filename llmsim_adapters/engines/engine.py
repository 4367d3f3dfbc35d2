"""An engine: a name, the options that it knows, and its rules."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.engines.tables import IN_TABLES, Tables
from llmsim_adapters.graph.schedule import ScheduleError
from llmsim_adapters.spelling import meant
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from llmsim_adapters.engines.rules import Asked, Rule
    from llmsim_adapters.spec.model import ModelSpec
    from llmsim_adapters.spec.quantization import Quantization


_MOST_ARCHITECTURES: Final = 1024
"""Whose rules are kept by architecture: more than any engine has, and few enough for whatever configs say."""

_MOST_TABLES: Final = 4096
"""Tables that are kept: several for each architecture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOption:
    """An option of an engine, under the engine's own name.

    Attributes:
        name: as the engine spells it.
        default: what it is where nobody says it; its class is that of every value.
        meaning: in a few words.
        choices: the values that are modelled; empty: all of the class.
        least: the smallest value of a number; None: any.
    """

    name: str
    default: bool | int | str
    meaning: str
    choices: tuple[bool | int | str, ...] = ()
    least: int | None = None

    def checked(self, engine: str, value: object) -> bool | int | str:
        """Return a value that this option can have.

        Raises:
            ScheduleError: it can't have it.
        """
        kind = self.default.__class__
        if (
            not isinstance(value, (bool, int, str))
            or value.__class__ is not kind
            or value not in (self.choices or (value,))
            or (self.least is not None and isinstance(value, int) and value < self.least)
        ):
            integer = "an integer" if self.least is None else f"an integer from {self.least}"
            names = {bool: "True or False", int: integer, str: "a string"}
            expected = " or ".join(map(repr, self.choices)) if self.choices else names[kind]
            message = f"option `{self.name}` of engine `{engine}` is {printable(repr(value), 80)}; expected {expected}"
            raise ScheduleError(message)
        return value


@dataclass(frozen=True, eq=False, kw_only=True)
class Engine:
    """How an inference engine stores a model and spreads it over ranks.

    Attributes:
        name: its name in schedules (lower-case letters, digits and underscores).
        version: of the engine whose rules these are.
        summary: what it stands for, in one line.
        options: those that a schedule's `engine_options` may have.
        rules: in the order in which they are asked; of several about the same thing the first one holds.
        registers: the architectures that it has a class for; None: any. Of others it has the general rules.
        splits_experts: whether experts that are not spread over all ranks are split over the rest, by default; else
            they are copied.
        copies_experts: whether they can be copied.
        spreads_experts: whether experts are spread over all ranks, whatever `ep_size` says.
        redundant: whether redundant experts that are asked for are stored.
        reads_quantization: what it takes a checkpoint's quantization for in a layout; None: it doesn't read what
            declares it, and stores the weights as if nothing did.
        takes_for: the architecture whose class it takes for a model.
        reads_cache: whether it reads what a checkpoint that is quantized says of the cache's format.
    """

    name: str
    version: str = ""
    summary: str = ""
    options: tuple[EngineOption, ...] = ()
    rules: tuple[Rule, ...] = ()
    registers: frozenset[str] | None = None
    splits_experts: bool = True
    copies_experts: bool = True
    spreads_experts: Callable[[Asked], bool] = lambda _: False
    redundant: Callable[[Asked], bool] = lambda _: True
    reads_quantization: Callable[[Asked, Quantization], Quantization | None] = lambda _, declared: declared
    takes_for: Callable[[ModelSpec], str] = lambda spec: spec.architecture
    reads_cache: Callable[[Quantization], bool] = lambda _: True
    _about: dict[str, dict[type[Rule], tuple[Any, ...]]] = field(default_factory=dict, init=False, repr=False)
    _tabled: dict[str, tuple[Rule, ...]] = field(default_factory=dict, init=False, repr=False)
    _tables: dict[tuple[str, tuple[bool, ...]], Tables] = field(default_factory=dict, init=False, repr=False)
    _defaults: dict[str, bool | int | str] = field(default_factory=dict, init=False, repr=False)

    def about(self, architecture: str) -> Mapping[type[Rule], tuple[Any, ...]]:
        """Return the rules that are about models of an architecture, by their kind."""
        found = self._about.get(architecture)
        if found is None:
            found = {}
            for rule in self.rules:
                if rule.is_about(architecture):
                    found[type(rule)] = (*found.get(type(rule), ()), rule)
            if len(self._about) < _MOST_ARCHITECTURES:
                self._about[architecture] = found
        return found

    def tables(self, layout: Asked) -> Tables:
        """Return the rules about tensors and caches that hold for a layout, where they are looked up.

        They depend on the architecture and on which of the rules that are asked hold, and are put together once.
        """
        architecture = layout.spec.architecture
        tabled = self._tabled.get(architecture)
        if tabled is None:
            tabled = tuple(r for r in self.rules if isinstance(r, IN_TABLES) and r.is_about(architecture))
            if len(self._tabled) < _MOST_ARCHITECTURES:
                self._tabled[architecture] = tabled
        holds = tuple([rule.when is None or bool(rule.when(layout)) for rule in tabled])
        found = self._tables.get((architecture, holds))
        if found is None:
            found = Tables([rule for rule, held in zip(tabled, holds, strict=True) if held])
            if len(self._tables) < _MOST_TABLES:
                self._tables[architecture, holds] = found
        return found

    def chosen(self, options: Mapping[str, object]) -> Mapping[str, bool | int | str]:
        """Return the value of every option.

        Raises:
            ScheduleError: an option is unknown, or has a value that it can't have.
        """
        if not options:
            if len(self._defaults) < len(self.options):
                self._defaults.update({option.name: option.default for option in self.options})
            return self._defaults
        known = {option.name: option for option in self.options}
        for name in options:
            if name not in known:
                expected = ", ".join(sorted(known)) or "none"
                shown = f"`{printable(name, 60)}`{meant(name, known)}"
                message = f"engine `{self.name}` has no option {shown}; it has {expected}"
                raise ScheduleError(message)
        return {
            name: option.checked(self.name, options[name]) if name in options else option.default
            for name, option in known.items()
        }
