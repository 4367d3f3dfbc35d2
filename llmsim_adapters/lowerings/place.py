"""Places: where a component stands in a graph, and what one rank has of it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from llmsim_adapters.engines.ranks import Group, ways
from llmsim_adapters.graph.schedule import ScheduleError
from llmsim_adapters.traced import ceil_div, minimum

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from llmsim_adapters.engines.rules import Asked
    from llmsim_adapters.graph.cache import Cache
    from llmsim_adapters.graph.operator import Operator, Sharding, Weight
    from llmsim_adapters.graph.transfer import Transfer
    from llmsim_adapters.lowerings.step import Step

_OF_HEADS: Final = ("heads", "kv_heads", "row")
"""How tensors are split that have a part for each head, as an attention's are."""

WHOLE: Final = Group(1)
"""The group where there is one rank."""


class Draft:
    """What the sites of one graph emit, in the order in which they do."""

    __slots__ = ("caches", "operators", "pooled", "routing", "sums", "transfers", "weights")

    def __init__(self) -> None:
        self.sums: dict[tuple[int, int], Transfer] = {}
        self.transfers: list[Transfer] = []
        self.operators: list[Operator] = []
        self.weights: list[Weight] = []
        self.caches: list[Cache] = []
        self.pooled: dict[Callable[[Asked], int], list[Cache]] = {}
        self.routing: list[tuple[str, int, int]] = []


class Place:
    """A place of one block of a stack, run `repeat` times a step, with as many sets of weights and caches.

    It is not run at all unless it `runs`. What attends to an encoder's output keeps what it makes of that,
    `from_encoder`, and is not run without one. What is `asleep` in such a step keeps what it kept in others.
    """

    __slots__ = (
        "_draft",
        "_from_encoder",
        "_group",
        "_keeps",
        "_kind",
        "_kv_ways",
        "_label",
        "_layout",
        "_padded_heads",
        "_ranks",
        "_rules",
        "_runs",
        "_scheme",
        "_tower",
        "block",
        "caches",
        "repeat",
        "stack",
        "step",
        "weight_sets",
    )

    def __init__(
        self,
        draft: Draft,
        step: Step,
        stack: str,
        block: str,
        runs: bool = True,
        repeat: int = 1,
        weight_sets: int = 1,
        caches: int = 1,
        from_encoder: bool = False,
        tower: str = "",
        asleep: bool = False,
    ) -> None:
        self._draft = draft
        self.step = step
        self.stack = stack
        self.block = block
        self._runs = runs and not asleep and (not from_encoder or bool(step.encoder_len))
        self._tower = tower
        self._keeps = runs and (not tower or bool(step.per_token))
        self._from_encoder = from_encoder
        self.repeat = repeat
        self.weight_sets = weight_sets
        self.caches = caches
        self._label = self._kind = ""
        layout = self._layout = step.layout
        self._ranks = layout.ranks
        self._rules = layout.stored or None
        self._group = WHOLE if self._ranks is None else layout.group("tower" if tower else "attention", tower)
        self._kv_ways = 1
        self._padded_heads: tuple[int, int] | None = None
        quantization = step.quantization
        self._scheme = None if quantization is None else quantization.scheme_of_all(stack, block)

    @contextmanager
    def sharing(self, sets: int) -> Iterator[None]:
        """Of what is put here, the positions that run the block have so many sets of weights at most."""
        own = self.weight_sets
        self.weight_sets = minimum(own, sets)
        yield
        self.weight_sets = own

    @contextmanager
    def within(self, label: str) -> Iterator[None]:
        """What is put here is called after a part of the component."""
        around = self._label
        self._label = f"{around}{label}."
        yield
        self._label = around

    @contextmanager
    def run_if(self, runs: bool) -> Iterator[None]:
        """What is put here is run in steps alone that have a use for it; its weights are there in any case."""
        around = self._runs
        self._runs = around and runs
        yield
        self._runs = around

    def split_heads(self, heads: int, kv_heads: int | None = None) -> None:
        """Say how many heads the component has, before anything that is split by them.

        Each rank has as many; of key/value heads at least one. Of those that no step runs and that can't be split so,
        every rank has all, or as many as if there were more, by the engine's rule.

        Raises:
            ScheduleError: the ranks can't have equal numbers of them.
        """
        if self._ranks is None:
            return
        group = self._group
        if group.uneven == "padded" and heads % group.padded_to:
            self._padded_heads = heads, ceil_div(heads, group.padded_to) * group.padded_to // group.ways
            self._ranks = None
            return
        try:
            self._group.require(heads)
            if kv_heads is not None:
                self._kv_ways = self._group.kv_ways(kv_heads)
        except ScheduleError:
            if (self._runs and not self._tower) or self._group.uneven == "refused":
                raise
            self._ranks = None

    def _of_padded_heads(self, shape: tuple[int, ...], sharding: Sharding) -> tuple[int, ...] | None:
        """Return what a rank has of a tensor whose heads are padded; None: all of it."""
        assert self._padded_heads is not None
        heads, own = self._padded_heads
        if sharding == "row":
            return (*shape[:-1], shape[-1] // heads * own)
        return (shape[0] // heads * own, *shape[1:]) if sharding in ("heads", "kv_heads") else None

    def local(self, size: int, sharding: Sharding, copied: int = 0) -> int:
        """Return what one rank has of a size that is split like a tensor of this sharding, but for what is `copied`.

        Raises:
            ScheduleError: the ranks can't have equal parts.
        """
        if self._padded_heads is not None and sharding in _OF_HEADS:
            heads, own = self._padded_heads
            return size // heads * own
        if self._ranks is None or sharding == "replicated" or not self._runs:
            return size
        if copied:
            return self.local(size - copied, sharding) + copied
        if sharding == "vocabulary":
            return ceil_div(size, self._group.ways)
        field = "ep_size" if sharding == "experts" else self._group.field
        return self._group._replace(ways=self._ways(sharding), field=field).part(size)

    def local_experts(self, experts: int, rows: int, width: int) -> tuple[int, int, int]:
        """Return one rank's experts, its mean share of the routed `rows`, and what it has of an expert's width.

        Raises:
            ScheduleError: the ranks can't have equal parts.
        """
        if self._ranks is None or not self._runs:
            return experts, rows, width
        return self._ranks.experts(experts, rows, width)

    @property
    def _redundant(self) -> bool:
        """Whether some experts are stored a second time."""
        redundant = 0 if self._ranks is None else self._ranks.redundant
        return not (redundant.__class__ is int and redundant == 0)

    def _own(self, shape: tuple[int, ...], sharding: Sharding, copied: int, across: bool) -> tuple[int, ...]:
        """Return what one rank has of a matrix; of split experts, a part of the columns, `across`, or of rows."""
        if self._ranks is None or sharding == "replicated":
            return shape
        *stacked, rows, columns = shape
        if sharding == "experts":
            local, width = self._ranks.local_experts(stacked[0]), self._ranks.width_ways
            return (local, rows, ceil_div(columns, width)) if across else (local, ceil_div(rows, width), columns)
        ways = self._ways(sharding)
        if sharding == "row":
            return (*stacked, rows, ceil_div(columns, ways))
        return (*stacked, ceil_div(rows - copied, ways) + copied if copied else ceil_div(rows, ways), columns)

    def _ways(self, sharding: Sharding) -> int:
        return 1 if self._ranks is None else ways(sharding, self._group, self._ranks, self._kv_ways)
