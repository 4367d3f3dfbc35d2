"""The site: where a lowering puts the weights, operators and caches of one component.

A site stands for one block of a stack (or for what stands around the stacks) under one schedule. It knows how
often the block runs and how many sets of weights and caches it has; a lowering knows the shapes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from llmsim_adapters.engines.tables import AS_IT_IS
from llmsim_adapters.graph.cache import Cache, CacheKind
from llmsim_adapters.lowerings.operators import Operators
from llmsim_adapters.traced import minimum

if TYPE_CHECKING:
    from llmsim_adapters.engines.rules import Part
    from llmsim_adapters.graph.operator import Sharding
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.components.attention_parts import AttentionPart


class Lowering(Protocol):
    """Puts what one component costs at a site: its weights, operators and caches."""

    def __call__(self, component: Any, site: Site, /) -> None: ...


class Site(Operators):
    """Takes what the lowerings of one block emit: weights, operators, caches, and what ranks exchange for them."""

    __slots__ = ()

    def lower(self, component: Component, label: str, part: Part | None = None) -> None:
        """Lower a component under a label that is unique in its block.

        It is split over the ranks of a `part` of the model, where that is another one than of what is around it.
        """
        label_around, kind_around = self._label, self._kind
        self._kind = label if label_around else component.kind
        self._label = f"{label_around}{label}."
        if self._ranks is None:
            self._put(component)
        else:
            around = self._ranks, self._group, self._kv_ways, self.step
            if part is not None:
                self._share(part)
                if part == "mlp":
                    self.bring_in("input", getattr(component, "hidden_size", 0))
            if getattr(component, "copied", False):
                self._ranks = None
            self._put(component)
            self._ranks, self._group, self._kv_ways, self.step = around
            self._padded_heads = None
        self._label, self._kind = label_around, kind_around

    def _put(self, component: Component) -> None:
        """Put what a component costs, and what the engine has beside it."""
        self.step.lowerings[component.__class__](component, self)
        layout = self._layout
        if layout.beside:
            beside = layout.beside.get(self._kind, [])
            if layout.names_places:
                beside = [*beside, *layout.beside.get(f"{self.stack}/{self.block}/{self._label[:-1]}", ())]
            for rule in beside:
                layout.use(rule)
                rule.put(component, self)

    def options(self, options: tuple[AttentionPart, ...], stage: str) -> None:
        """Lower what of an attention's options runs in a stage, under the attention's own names."""
        for option in options:
            if option.stage == stage:
                self.step.lowerings[option.__class__](option, self)

    def _share(self, part: Part) -> None:
        """Have the ranks of a part of the model share what follows; each has all of it where they are one."""
        group = self._group = self._layout.group(part, self._tower)
        self.step = self.step.shared_by(group)
        if group.ways.__class__ is int and group.ways == 1:
            self._ranks = None

    def cache(
        self,
        kind: CacheKind,
        elements_per_entry: int,
        sharding: Sharding,
        window: int | None = None,
        dtype: str | None = None,
        stride: int = 1,
        copied: int = 0,
        of: str = "",
        latest: int = 1,
        idle: bool = False,
    ) -> None:
        """Emit what each position of the block keeps for one sequence, by default in the cache's number format.

        A state, which does not grow with the sequence, is kept in that of the activations. `copied` elements of each
        entry are on every rank. Rules know it by what it is kept `of`, by default its kind; each entry is made of the
        `latest` tokens. What is `idle` is an earlier position's or nobody's: room may be set aside, and none is used.
        """
        if not self._keeps:
            return
        layers, layout = self.repeat if idle else self.caches, self._layout
        usual = self.step.dtype if kind == "state" else self.step.cache_dtype
        kept = layout.kept.get(f"{self._kind}.{of or kind}", AS_IT_IS) if layout.kept else AS_IT_IS
        if idle and not kept.idle:
            return
        for rule in kept.rules:
            if idle or not rule.idle:
                layout.use(rule)
        if kept.absent:
            return
        if kept.less:
            elements_per_entry = elements_per_entry // latest * (latest - kept.less)
            copied = copied and copied // latest * (latest - kept.less)
        ways = self._ways(sharding)
        if kept.over == "tokens" and self._ranks is not None:
            ways = minimum(ways, self._ranks.tensor)
        self._draft.caches.append(
            Cache(
                kind,
                self.stack,
                self.block,
                layers,
                elements_per_entry,
                window,
                kept.dtype or dtype or usual,
                sharding,
                self.repeat - layers,
                stride * self.step.patch_size,
                self.step.prompt,
                ways,
                copied,
                self._from_encoder,
                kept.windowed,
                kept.page or layout.page,
                idle,
                1 if kind == "state" else self.step.per_token or 1,
            )
        )
        if kept.layers and not idle:
            self._draft.pooled.setdefault(kept.layers, []).append(self._draft.caches[-1])

    def keep(self, kind: CacheKind, elements_per_entry: int, sharding: Sharding, dtype: str, stride: int = 1) -> None:
        """Emit what the engine keeps of each token, or of each `stride` together, beside what the model does."""
        self.cache(kind, elements_per_entry, sharding, dtype=dtype, stride=stride, of="engine")

    def route(self, experts: int, top_k: int, of: str = "") -> None:
        """Say that the block's expert weights, or one `of` the component's, are used by `top_k` of `experts`."""
        where = f"{self.stack}.{self.block}"
        routing = (f"{where}.{self._label}{of}" if of else where, experts, top_k)
        if routing not in self._draft.routing:
            self._draft.routing.append(routing)
