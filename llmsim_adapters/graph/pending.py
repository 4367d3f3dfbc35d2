"""Graphs whose entries nobody has looked at yet: totals are computed without them."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, Protocol

from llmsim_adapters.graph.graph import OperatorGraph

if TYPE_CHECKING:
    from collections.abc import Callable

    from llmsim_adapters.graph.graph import Elements
    from llmsim_adapters.graph.schedule import Schedule


class Source(Protocol):
    """What knows a graph before it is made."""

    def answer(self, question: str, *arguments: Any) -> Any:
        """Return an attribute of the graph; of a method what it returns for the arguments."""

    def whole(self) -> OperatorGraph:
        """Return the graph."""


class PendingGraph(OperatorGraph):
    """An operator graph that is made when its entries are looked at; its totals can be had before.

    It then becomes an ordinary one. Where it is compared, copied or pickled, it is that graph.
    """

    __slots__ = ()

    def __init__(self, schedule: Schedule, source: Source) -> None:
        _SET["schedule"](self, schedule)
        _SET["operators"](self, source)  # until it is the tuple

    def elements(self) -> Elements:
        elements: Elements = _answer(self, "elements")
        return elements

    def kv_cache_elements(self, tokens: int, encoder_tokens: int | None = None, reserve: bool = False) -> int:
        return int(_answer(self, "kv_cache_elements", tokens, encoder_tokens, reserve))

    def kv_cache_bytes(self, tokens: int, encoder_tokens: int | None = None, reserve: bool = False) -> int:
        return int(_answer(self, "kv_cache_bytes", tokens, encoder_tokens, reserve))

    def rank_kv_cache_bytes(self, tokens: int, encoder_tokens: int | None = None, reserve: bool = False) -> int:
        return int(_answer(self, "rank_kv_cache_bytes", tokens, encoder_tokens, reserve))

    def __eq__(self, other: object) -> bool:
        return _made(self) == other

    def __hash__(self) -> int:
        return hash(_made(self))

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _made(self).__reduce_ex__(protocol)


_NAMES: Final = tuple(field.name for field in fields(OperatorGraph))
_BEHIND: Final = tuple(name for name in _NAMES if name not in ("schedule", "operators"))
_SET: Final[dict[str, Callable[[Any, Any], None]]] = {name: vars(OperatorGraph)[name].__set__ for name in _NAMES}
_source: Final[Callable[[Any], Any]] = vars(OperatorGraph)["operators"].__get__


def _made(graph: OperatorGraph) -> OperatorGraph:
    """Return a graph, which is an ordinary one from now on."""
    source = _source(graph)
    if source.__class__ is not tuple:  # else another thread is just doing this
        whole = source.whole()
        for name in _BEHIND:
            _SET[name](graph, getattr(whole, name))
        _SET["operators"](graph, whole.operators)  # last of all: until then others see that the graph is not made
    object.__setattr__(graph, "__class__", OperatorGraph)
    return graph


def _answer(graph: OperatorGraph, question: str, *arguments: Any) -> Any:
    source = _source(graph)
    if source.__class__ is not tuple:
        return source.answer(question, *arguments)
    found = getattr(_made(graph), question)
    return found(*arguments) if arguments or question == "elements" else found


def _entry(name: str) -> property:
    return property(lambda graph: getattr(_made(graph), name))


def _total(name: str) -> property:
    return property(lambda graph: _answer(graph, name))


for _name in ("operators", *_BEHIND):
    setattr(PendingGraph, _name, _entry(_name))
for _name in (
    *("parameters", "mtp_parameters", "buffers", "active_parameters", "idle_parameters"),
    *("flops", "flops_executed", "bytes_moved", "weight_bytes", "transfer_bytes"),
    *("kv_cache_elements_per_token", "state_elements_per_sequence", "rank_state_bytes"),
):
    setattr(PendingGraph, _name, _total(_name))
