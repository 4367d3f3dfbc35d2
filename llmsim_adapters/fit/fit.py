"""How many sequences fit beside a model's weights: one graph a layout, whose caches are asked at every length.

Memory only, and of it what a graph has: weights, caches and states. Nothing here says how long anything takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.engines.built_in import NAMES, built_in
from llmsim_adapters.engines.layout import Layout
from llmsim_adapters.fit.accelerators import FitError
from llmsim_adapters.graph.schedule import LARGEST, Schedule, ScheduleError
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from llmsim_adapters.gap import Gap
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.spec.model import ModelSpec

NOT_IN_IT: Final = ("activations", "CUDA graphs", "communication buffers", "the driver's own memory", "fragmentation")
"""What needs memory, too, and is for the part that is not given away."""

_TOGETHER: Final = "every sequence is on all ranks, as the engine splits attention: only dp_size 1 is worth asking for"

MOST_GPUS: Final = 4096
_LONGEST: Final = 2**31


class Capacity(NamedTuple):
    """How many sequences of so many tokens fit: on all ranks together, and the bytes of one on a rank.

    None: as many as one likes, since a sequence needs nothing.
    """

    tokens: int
    sequences: int | None
    bytes: int

    def __str__(self) -> str:
        return "any" if self.sequences is None else f"{self.sequences:,}"


@dataclass(frozen=True, slots=True)
class Fitted:
    """A layout, and what fits on each of its ranks.

    Attributes:
        schedule: the layout.
        weights: bytes of the weights of one rank.
        free: bytes that one rank has for caches and states; negative where weights alone don't fit.
        state: bytes of the states of one sequence on one rank.
        capacities: how many sequences fit, length by length.
        longest: tokens of the longest sequence that fits alone; None where length costs nothing.
        weight_formats: the number formats of the weights, those of most of them first.
        cache_formats: those of caches and states.
        notes: what one may not expect of the layout and its engine.
    """

    schedule: Schedule
    weights: int
    free: int
    state: int
    capacities: tuple[Capacity, ...]
    longest: int | None
    weight_formats: tuple[str, ...]
    cache_formats: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def ranks(self) -> int:
        """The number of accelerators."""
        return self.schedule.world_size

    @property
    def name(self) -> str:
        """The layout in a word: `tp4 dp2 ep8`."""
        sizes = (("tp", self.schedule.tp_size), ("dp", self.schedule.dp_size), ("ep", self.schedule.ep_size))
        return " ".join(f"{name}{size}" for name, size in sizes if size > 1 or name == "tp")

    def holds(self, sequences: int, tokens: int) -> bool:
        """Whether so many sequences of so many tokens fit; `tokens` is one of the lengths that were asked for."""
        found = next((each for each in self.capacities if each.tokens == tokens), None)
        return found is not None and self.free >= 0 and (found.sequences is None or found.sequences >= sequences)


class Refused(NamedTuple):
    """A layout that the engine or the model does not allow, and why."""

    schedule: Schedule
    reason: str


@dataclass(frozen=True, slots=True)
class Fit:
    """What fits on accelerators of so much memory, layout by layout.

    `gaps` is not empty where the figures are in doubt; a model that has parts beyond what is modelled needs more.
    """

    accelerator: str
    memory: int
    utilization: float
    layouts: tuple[Fitted, ...]
    refused: tuple[Refused, ...]
    gaps: tuple[Gap, ...] = ()

    def __repr__(self) -> str:
        return f"<Fit {self.accelerator}: {len(self.layouts)} layouts, {len(self.refused)} refused>"

    def _repr_html_(self) -> str:
        """Return the layouts and what fits with each, for notebooks."""
        from llmsim_adapters.fit.shown import gib, html  # only notebooks need it

        lengths = [capacity.tokens for capacity in self.layouts[0].capacities] if self.layouts else []
        refused: dict[str, list[str]] = {}
        for each in self.refused:
            sizes = each.schedule
            refused.setdefault(each.reason, []).append(f"tp{sizes.tp_size} dp{sizes.dp_size} ep{sizes.ep_size}")
        rows = [
            (
                f"{each.ranks:,}",
                each.name,
                gib(each.weights),
                gib(each.free) if each.free >= 0 else "too large",
                *(str(capacity) if each.free >= 0 else "–" for capacity in each.capacities),
            )
            for each in self.layouts
        ]
        title = f"{self.accelerator}: {gib(self.memory)} GiB, {100 * self.utilization:g} % of it used"
        return html(title, lengths, rows, refused, map(str, self.gaps))

    def smallest(self, sequences: int, tokens: int) -> tuple[Fitted, ...]:
        """Return the layouts with the fewest ranks that hold so many sequences of so many tokens."""
        holding = [layout for layout in self.layouts if layout.holds(sequences, tokens)]
        fewest = min((layout.ranks for layout in holding), default=0)
        return tuple(layout for layout in holding if layout.ranks == fewest)

    def to_dict(self) -> dict[str, Any]:
        """Return all of it, ready for JSON."""
        return {
            "accelerator": self.accelerator,
            "memory": self.memory,
            "utilization": self.utilization,
            "not_in_it": list(NOT_IN_IT),
            "gaps": [gap.to_dict() for gap in self.gaps],
            "layouts": [
                {
                    "name": layout.name,
                    "ranks": layout.ranks,
                    "schedule": layout.schedule.to_dict(),
                    "rank_weight_bytes": layout.weights,
                    "rank_free_bytes": layout.free,
                    "rank_state_bytes": layout.state,
                    "weight_formats": list(layout.weight_formats),
                    "cache_formats": list(layout.cache_formats),
                    "longest": layout.longest,
                    "capacities": [
                        {"tokens": each.tokens, "sequences": each.sequences, "rank_sequence_bytes": each.bytes}
                        for each in layout.capacities
                    ],
                    "notes": list(layout.notes),
                }
                for layout in self.layouts
            ],
            "refused": [
                {"ranks": each.schedule.world_size, "schedule": each.schedule.to_dict(), "reason": each.reason}
                for each in self.refused
            ],
        }


def fit(
    build: Callable[[Schedule], OperatorGraph],
    spec: ModelSpec,
    memory: int,
    *,
    accelerator: str,
    gpus: Sequence[int],
    contexts: Sequence[int],
    utilization: float,
    fields: Mapping[str, Any],
) -> Fit:
    """Return what fits; `build` makes the graph of a layout, `fields` are those of every schedule.

    Raises:
        FitError: a number is out of range.
    """
    _check(memory, gpus, contexts, utilization)
    layouts: list[Fitted] = []
    refused: list[Refused] = []
    budget = int(memory * utilization)
    gaps: tuple[Gap, ...] = ()
    expert = False
    for ranks in sorted(set(gpus)):
        for sizes in _sizes(ranks):
            schedule = Schedule(**{"mode": "decode", **fields, **sizes})
            if sizes["ep_size"] > 1 and layouts and not expert:
                continue  # a model without experts has nothing to spread
            try:
                graph = build(schedule)
            except ScheduleError as error:
                refused.append(Refused(schedule, str(error)))
                continue
            expert, gaps = bool(graph.routing), graph.gaps
            if holders(spec, schedule) > schedule.tp_size:
                refused.append(Refused(schedule, _TOGETHER))
                continue
            if sizes["ep_size"] == 1 or expert:
                layouts.append(_layout(graph, schedule, budget, contexts))
    return Fit(accelerator, memory, utilization, tuple(layouts), tuple(refused), gaps)


def holders(spec: ModelSpec, schedule: Schedule) -> int:
    """Return how many ranks hold the cache of one sequence together: those of its group, or all of them.

    A plugin's engine is taken to have groups.
    """
    if schedule.engine not in NAMES:
        return schedule.tp_size
    layout = Layout(built_in(schedule.engine), spec, schedule, lambda size, _name, _origin: size)
    return 1 if layout.ranks is None else layout.group("attention").ways


def _check(memory: int, gpus: Sequence[int], contexts: Sequence[int], utilization: float) -> None:
    asked = (("gpus", gpus, MOST_GPUS), ("contexts", contexts, _LONGEST), ("memory", [memory], LARGEST**2))
    for name, values, most in asked:
        if not isinstance(values, Sequence):
            message = f"{name}: {printable(repr(values), 40)}; expected a list of integers"
            raise FitError(message)
        for value in values:
            if not isinstance(value, int) or value.__class__ is bool or not 1 <= value <= most:
                message = f"{name}: {printable(repr(value), 40)}; expected integers from 1 to {most:,}"
                raise FitError(message)
    if not gpus or not contexts:
        message = "expected a number of accelerators, and a number of tokens"
        raise FitError(message)
    if not isinstance(utilization, (int, float)) or not 0 < utilization <= 1:
        message = f"utilization: {printable(repr(utilization), 40)}; expected a number above 0, at most 1"
        raise FitError(message)


def _sizes(ranks: int) -> Iterator[dict[str, int]]:
    """Yield the layouts of so many ranks: every split into groups, experts in one group or in as many as ranks."""
    for groups in (each for each in range(1, ranks + 1) if ranks % each == 0):
        for experts in dict.fromkeys((1, ranks)):
            yield {"tp_size": ranks // groups, "dp_size": groups, "ep_size": experts}


def _layout(graph: OperatorGraph, schedule: Schedule, budget: int, contexts: Sequence[int]) -> Fitted:
    weights, state = graph.weight_bytes, graph.rank_state_bytes
    free = budget - weights

    def needed(tokens: int) -> int:
        return graph.rank_kv_cache_bytes(tokens, reserve=True) + state

    def held(tokens: int) -> Capacity:
        each = needed(tokens)
        if not each:
            return Capacity(tokens, None if free >= 0 else 0, 0)
        return Capacity(tokens, max(free // each, 0) * schedule.dp_size, each)

    sizes: dict[str, int] = {}
    for weight in graph.weights:
        name = weight.rank_dtype or weight.dtype
        sizes[name] = sizes.get(name, 0) + weight.rank_bytes
    return Fitted(
        schedule,
        weights,
        free,
        state,
        tuple(held(tokens) for tokens in contexts),
        _longest(needed, free),
        tuple(sorted(sizes, key=lambda name: -sizes[name])),
        tuple(dict.fromkeys(cache.dtype for cache in graph.caches)),
        (*graph.notes, *_left_out(graph)),
    )


def _left_out(graph: OperatorGraph) -> Iterator[str]:
    if any(cache.from_encoder for cache in graph.caches):
        yield "keys and values of an encoder's output are not in it"


def _longest(needed: Callable[[int], int], free: int) -> int | None:
    """Return the most tokens that fit in one sequence; None where there is no most."""
    if needed(1) > free:
        return 0
    if needed(_LONGEST) <= free:
        return None
    fits, too_many = 1, _LONGEST
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if needed(middle) <= free:
            fits = middle
        else:
            too_many = middle
    return fits
