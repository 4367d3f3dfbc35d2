"""A layout: what an engine's rules make of one model under one schedule, but for the sizes of its step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dataclass import replace
from llmsim_adapters.engines.ranks import Group, Ranks
from llmsim_adapters.engines.rules import Format, Refuse, Rule, Split, Store
from llmsim_adapters.graph.schedule import ScheduleError
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from llmsim_adapters.engines.engine import Engine
    from llmsim_adapters.engines.rules import Over, Part, Scales
    from llmsim_adapters.graph.operator import Sharding
    from llmsim_adapters.graph.schedule import Schedule
    from llmsim_adapters.spec.model import ModelSpec
    from llmsim_adapters.spec.quantization import Quantization

    _Rule = TypeVar("_Rule", bound=Rule)

_AROUND: Final[dict[str, Part]] = {"linear_attention": "attention", "tower_mlp": "tower"}
"""The part that one with no rule of its own is split like."""


class Layout:
    """The decisions of an engine: formats, ranks and their groups, and the rules about tensors and caches that hold.

    `notes` are those of the rules that were of use so far. Rules ask a layout for its `spec`, for the `quantization`
    that the engine takes the checkpoint to have, for its `schedule`, of which the sizes of the step are not part of a
    layout, and for the engine's `options`.

    Raises:
        ScheduleError: the engine has no such option, or can't lay the model out so.
    """

    def __init__(
        self, engine: Engine, spec: ModelSpec, schedule: Schedule, named: Callable[[int, str, str], int]
    ) -> None:
        taken = engine.takes_for(spec)
        if taken != spec.architecture:
            spec = replace(spec, architecture=taken)
        self.engine, self.spec, self.schedule = engine, spec, schedule
        said = spec.quantization
        self.quantization: Quantization | None = None
        self.options = engine.chosen(dict(schedule.engine_options) if schedule.engine_options else {})
        if said is not None:
            self.quantization = engine.reads_quantization(self, said)
        self._about = engine.about(spec.architecture)
        self.notes: dict[str, None] = {}
        self._named = named
        self.ranks = self._ranks(named)
        for refusal in self.rules(Refuse):
            reason = refusal.reason(self)
            if reason:
                message = f"{reason} ({engine.name}: {refusal.source})"
                raise ScheduleError(message)
        self.dtype = self._dtype()
        page = self.options.get("page_size", 1)
        self.page = page if isinstance(page, int) else 1
        self._groups: dict[tuple[Part, str], Group | None] = {}
        tables = engine.tables(self)
        self.stored, self.scales, self.kept, self.beside = tables.stored, tables.scales, tables.kept, tables.beside
        self.names_places = tables.names_places
        for note in tables.notes:
            self.notes[note] = None

    @property
    def registered(self) -> bool:
        """Whether the engine has a class for the model's architecture."""
        registers = self.engine.registers
        return registers is None or self.spec.architecture in registers

    def rules(self, kind: type[_Rule]) -> list[_Rule]:
        """Return the rules of a kind that hold for this layout."""
        about = self._about.get(kind)
        return [rule for rule in about if rule.when is None or rule.when(self)] if about else []

    def use(self, rule: Rule) -> None:
        """Say that a rule bears on the model, so that what a user may not expect of it is said."""
        if rule.note:
            self.notes[rule.note] = None

    def constant(self, size: int, name: str) -> int:
        """Return a size that is the engine's own, with the name that formulas show."""
        return self._named(size, name, f"engine {self.engine.name}")

    def widened(self, rule: Store, part: int) -> int:
        """Return what one rank stores of the width of each expert by a rule, where its even part is so much."""
        multiple = self._named(rule.width_to, f"width_to_{rule.width_to}", f"{self.engine.name}: {rule.source}")
        return ceil_div(part, multiple) * multiple

    def rank_shape(self, rule: Store, shape: tuple[int, ...], ways: int) -> tuple[int, ...] | None:
        """Return what one rank stores of a tensor by a rule, None where it is an even part."""
        multiple = rule.rows_to or rule.columns_to
        if multiple:
            name = "rows_to" if rule.rows_to else "columns_to"
            multiple = self._named(multiple, f"{name}_{multiple}", f"{self.engine.name}: {rule.source}")
        return rule.rank_shape(shape, ways, multiple)

    def ways_over(self, over: str) -> int:
        """Return in how many parts a tensor is that a rule has split over others than its sharding's ranks."""
        if self.ranks is None or over == "none":
            return 1
        if over in ("all", "tokens"):
            return self.ranks.world if over == "all" else self.ranks.tensor
        return self.ranks.width_ways if over == "width" else self.ranks.expert

    def leaves_out(self, stack: str) -> bool:
        """Return whether the engine has nothing of a stack, so that it can't run it either."""
        return any(rule.absent and f"{stack}/" in rule.tensors for rule in self.rules(Store))

    def scales_of(self, scheme: str, kind: str, sharding: Sharding) -> Scales | None:
        """Return the rule about what stands beside a matrix of a kind of component, None where there is none."""
        if not self.scales:
            return None
        of = "experts" if sharding == "experts" else kind if kind == "shared_experts" else "linear"
        return self.scales.get((scheme, of))

    def group(self, part: Part, axis: str = "") -> Group:
        """Return the ranks that a part of the model is split over; a layout without ranks has no groups.

        `axis` is that of an encoder, for its parts.
        """
        group = self._groups.get((part, axis))
        if group is None:
            group = self._groups[part, axis] = self._group(part, axis)
        return group

    def _group(self, part: Part, axis: str) -> Group:
        ranks, schedule = self.ranks, self.schedule
        assert ranks is not None
        rule = next((rule for rule in self.rules(Split) if rule.part == part and rule.axis in ("", axis)), None)
        if rule is None:
            around = _AROUND.get(part)
            return self.group(around, axis) if around else ranks.of_tokens
        self.use(rule)
        group = self._over(rule.over, ranks, schedule)
        if rule.uneven == "padded_for_all":
            return group._replace(uneven="padded", padded_to=ranks.world)
        return group if rule.uneven == "whole" else group._replace(uneven=rule.uneven, padded_to=group.ways)

    def _over(self, over: Over, ranks: Ranks, schedule: Schedule) -> Group:
        if over in ("all", "all_apart"):
            if schedule.dp_size.__class__ is int and schedule.dp_size == 1:
                return ranks.of_tokens
            return ranks.of_all if over == "all" else ranks.of_all_apart
        if over == "tokens":
            return ranks.of_tokens
        if over == "experts":
            return ranks.of_experts
        return ranks.alone if over == "alone" else ranks.handed_out

    def _ranks(self, named: Callable[[int, str, str], int]) -> Ranks | None:
        schedule, engine = self.schedule, self.engine
        redundant = schedule.redundant_experts
        if not engine.redundant(self):
            redundant = 0
        if schedule.world_size == schedule.ep_size == 1 and not schedule.deepep and redundant == 0:
            return None
        split = engine.splits_experts if schedule.moe_tp is None else schedule.moe_tp
        tensor, data = named(schedule.tp_size, "tp_size", "schedule"), named(schedule.dp_size, "dp_size", "schedule")
        ranks = Ranks(
            tensor=tensor,
            data=data,
            expert=tensor * data if engine.spreads_experts(self) else named(schedule.ep_size, "ep_size", "schedule"),
            split_experts=split,
            deepep=schedule.deepep,
            redundant=named(redundant, "redundant_experts", "schedule"),
        )
        if not split and not engine.copies_experts and ranks.copies != 1:
            message = (
                f"schedule field `moe_tp` is False; engine `{engine.name}` splits experts over the ranks "
                f"that `ep_size` leaves, and can't copy them: expected None or True"
            )
            raise ScheduleError(message)
        return ranks

    def _dtype(self) -> str:
        """Return the format of unquantized tensors and of activations."""
        said, stated = self.schedule.dtype, self.spec.dtype
        if said != "auto":
            return said
        for rule in self.rules(Format):
            chosen = rule.of(self, stated)
            if chosen != stated:
                self.use(rule)
                return chosen
        return stated
