"""A target and its draft in one graph: the draft's entries are in a stack of their own, what both have counts once.

A server runs both on the same ranks, so that memory is the sum of the two. The draft's operators are those of one run
over the tokens of the schedule, as often as the server drafts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from llmsim_adapters.dataclass import replace
from llmsim_adapters.graph.graph import DRAFT, MTP
from llmsim_adapters.spec.components import Embedding, Head, Projection
from llmsim_adapters.text import human
from llmsim_adapters.traced import Traced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from llmsim_adapters.dialects.reading.reading import Parameter
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.graph.operator import Operator
    from llmsim_adapters.graph.schedule import Schedule
    from llmsim_adapters.spec.model import ModelSpec

Entry = TypeVar("Entry", bound=Any)

_SHARED: Final = {"embedding": Embedding, "head": Head}
"""What a target gives away, as a spec's `from_target` and the tensors of a graph name it."""

_AROUND: Final = ("model", "text")
"""The stacks of which blocks keep their names: no other stack has one of these."""

_OF_THE_SCHEDULE: Final = "schedule"

_ONE_RUN: Final = "the draft's operators are those of one run over the same tokens, as often as a server drafts"
_NOTHING: Final = "the draft takes nothing of its target but tokens: it stores all that it has"


def misfit(target: ModelSpec, draft: ModelSpec) -> str | None:
    """Return why a draft can't take of a target what it takes; None where it can."""
    for name, kind in _SHARED.items():
        given, wanted = _end(target, kind), _end(draft, kind)
        if name not in draft.from_target or wanted is None:
            continue
        if given is None:
            return f"it takes the target's {name}, which has none"
        sizes = [(end.vocab_size, end.hidden_size) for end in (wanted, given)]
        if sizes[0] != sizes[1]:
            own, others = (" × ".join(f"{size:,d}" for size in each) for each in sizes)
            return f"it takes the target's {name}, which is {others}, and the draft's is {own}"
    states, own = _end(target, Embedding), _end(draft, Embedding)
    if not draft.from_target and states is not None and own is not None and states.vocab_size != own.vocab_size:
        return f"its vocabulary has {own.vocab_size:,d} tokens, and the target's {states.vocab_size:,d}"
    if states is None or "hidden states" not in draft.from_target:
        return None
    for part in draft.inputs:
        if isinstance(part, Projection) and part.input_size % states.hidden_size:
            width = f"{part.input_size:,d}"
            return f"it projects {width} features of hidden states, and the target's have {states.hidden_size:,d}"
    return None


def step_of(schedule: Schedule) -> Schedule:
    """Return a draft's step beside its target's: over the same tokens, with no encoder of pictures or sound again."""
    return replace(schedule, mtp=False, images=(), videos=(), audio_seconds=(), instruction_len=0)


def together(target: OperatorGraph, draft: OperatorGraph, spec: ModelSpec, *, traced: bool = False) -> OperatorGraph:
    """Return both graphs as one; `spec` is the draft's, and with `traced` its numbers get names of their own."""
    taken = [name for name in _SHARED if name in spec.from_target]
    own = [weight for weight in draft.weights if weight.stack != MTP]
    shared = {name: [w for w in own if w.stack == "model" and w.name.startswith(f"{name}.")] for name in taken}
    given_away = {id(weight) for weights in shared.values() for weight in weights}
    moved = _Moved(traced)
    notes = [f"draft: {note}" for note in (*draft.notes, *draft.gaps) if note not in target.notes]
    return replace(
        target,
        operators=(*target.operators, *map(moved.operator, draft.operators)),
        weights=(*target.weights, *(moved(weight) for weight in own if id(weight) not in given_away)),
        caches=(*target.caches, *(moved(cache) for cache in draft.caches if cache.stack != MTP)),
        routing=(*target.routing, *moved.routing(draft.routing)),
        transfers=(*target.transfers, *map(moved, draft.transfers)),
        notes=(*target.notes, *_said(spec, shared), *notes),
        gaps=(*target.gaps, *(gap._replace(name=f"{DRAFT}.{gap.name}") for gap in draft.gaps)),
    )


def of_both(target: Mapping[str, Parameter], draft: Mapping[str, Parameter]) -> dict[str, Parameter]:
    """Return the parameters of both configs, the draft's by the names that its numbers have in formulas."""
    of_draft = {_named(name): each._replace(key=each.key and f"{DRAFT}:{each.key}") for name, each in draft.items()}
    return {**target, **of_draft}


def _end(spec: ModelSpec, kind: type) -> Any:
    return next((end for end in (*spec.inputs, *spec.outputs) if isinstance(end, kind)), None)


def _said(spec: ModelSpec, shared: Mapping[str, Iterable[Any]]) -> Iterator[str]:
    if spec.from_target:
        sizes = {name: sum(int(weight.rank_bytes) for weight in weights) for name, weights in shared.items()}
        said = [
            f"{name} ({human(sizes[name], 'bytes')} of a rank)" if sizes.get(name) else name
            for name in spec.from_target
        ]
        yield f"the draft takes of its target, where it is counted once: {', '.join(said)}"
    else:
        yield _NOTHING
    yield _ONE_RUN


def _named(name: str) -> str:
    return f"{DRAFT}_{name}"


def _block(stack: str, block: str) -> str:
    return block if stack in _AROUND else f"{stack}_{block}"


class _Moved:
    """Puts entries of a draft's graph into the stack `draft`, and its numbers' names, where it is traced, apart."""

    def __init__(self, traced: bool) -> None:
        self._traced = traced
        self._renamed: dict[int, Traced] = {}
        self._tracers: dict[int, _Tracer] = {}

    def __call__(self, entry: Entry) -> Entry:
        if self._traced:
            entry = entry._make(map(self._value, entry))
        moved: Entry = entry._replace(stack=DRAFT, block=_block(entry.stack, entry.block))
        return moved

    def operator(self, entry: Operator) -> Operator:
        tracer = entry.tracer
        if tracer is not None:
            tracer = self._tracers.setdefault(id(tracer), _Tracer(tracer))
        return self(entry)._replace(tracer=tracer)

    def routing(self, rows: Iterable[tuple[str, int, int]]) -> Iterator[tuple[str, int, int]]:
        for path, experts, top_k in rows:
            yield f"{DRAFT}.{_block(*path.split('.', 1))}", self._value(experts), self._value(top_k)

    def _value(self, value: Any) -> Any:
        if value.__class__ is tuple:
            return tuple(map(self._value, value))
        if not self._traced or value.__class__ is not Traced:
            return value
        if id(value) not in self._renamed:
            self._renamed[id(value)] = self._renaming(value)
        return self._renamed[id(value)]

    def _renaming(self, value: Traced) -> Traced:
        if value.operation:
            return Traced.result(int(value), value.operation, *map(self._value, value.operands))
        if value.origin == _OF_THE_SCHEDULE:
            return value
        return Traced.leaf(int(value), _named(value.name), value.origin)


class _Tracer:
    """Gives a draft's traced operators by their paths in the graph of both."""

    __slots__ = ("_own",)

    def __init__(self, own: Callable[[], Mapping[str, Operator]]) -> None:
        self._own = own

    def __call__(self) -> dict[str, Operator]:
        moved = _Moved(traced=True)
        return {each.path: each for each in map(moved, self._own().values())}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Tracer) and self._own == other._own

    def __hash__(self) -> int:
        return hash((_Tracer, self._own))

    def __reduce__(self) -> tuple[Any, ...]:
        return _Tracer, (self._own,)
