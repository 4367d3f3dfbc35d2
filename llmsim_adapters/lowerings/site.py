"""The site: where a lowering puts the weights, operators and caches of one component.

A site stands for one block of a stack (or for what stands around the stacks) under one schedule. It knows how
often the block runs and how many sets of weights and caches it has; a lowering knows the shapes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

from llmsim_adapters.graph.cache import Cache
from llmsim_adapters.graph.operator import Operator, Weight
from llmsim_adapters.traced import minimum

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.graph.operator import Sharding
    from llmsim_adapters.lowerings.step import Step
    from llmsim_adapters.spec.components import Component, Norm


class Lowering(Protocol):
    """Puts what one component costs at a site: its weights, operators and caches."""

    def __call__(self, component: Any, site: Site, /) -> None: ...


class Draft:
    """What the sites of one graph emit, in the order in which they do."""

    __slots__ = ("caches", "operators", "routing", "weights")

    def __init__(self) -> None:
        self.operators: list[Operator] = []
        self.weights: list[Weight] = []
        self.caches: list[Cache] = []
        self.routing: list[tuple[str, int, int]] = []


class Site:
    """Takes what the lowerings of one block emit.

    The block is run `repeat` times a step, with as many sets of weights and caches; not at all unless it `runs`.
    """

    __slots__ = (
        "_draft",
        "_label",
        "_lowerings",
        "_runs",
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
        lowerings: Mapping[type, Lowering],
        stack: str,
        block: str,
        runs: bool = True,
        repeat: int = 1,
        weight_sets: int = 1,
        caches: int = 1,
    ) -> None:
        self._draft = draft
        self.step = step
        self._lowerings = lowerings
        self.stack = stack
        self.block = block
        self._runs = runs
        self.repeat = repeat
        self.weight_sets = weight_sets
        self.caches = caches
        self._label = ""

    def lower(self, component: Component, label: str) -> None:
        """Lower a component under a label that is unique in its block."""
        outer = self._label
        self._label = f"{outer}{label}."
        self._lowerings[component.__class__](component, self)
        self._label = outer

    def weight(
        self,
        name: str,
        shape: tuple[int, ...],
        sharding: Sharding,
        role: Literal["parameter", "buffer"] = "parameter",
        dtype: str | None = None,
    ) -> None:
        """Emit a tensor that is stored as it is."""
        self._draft.weights.append(
            Weight(
                self._label + name,
                shape,
                self.weight_sets,
                dtype or self.step.weight_dtype,
                role,
                sharding,
                self.stack,
                self.block,
            )
        )

    def matrix(self, name: str, shape: tuple[int, ...], sharding: Sharding, parts: int = 1) -> str:
        """Emit the matrix of a linear layer, quantized where the checkpoint's is; return its format.

        The last two of `shape` are rows and columns, stacked where there are more; the rows are those of `parts`
        matrices of the checkpoint, one after the other.
        """
        quantization = self.step.quantization
        scheme = None
        if quantization is not None:
            scheme = quantization.scheme_of(self.stack, self.block, self._label + name)
        if scheme is None:
            self.weight(name, shape, sharding)
            return self.step.weight_dtype
        self.weight(name, shape, sharding, dtype=scheme.dtype)
        for side in scheme.sides:
            self._draft.weights.append(
                Weight(
                    f"{self._label}{name}_{side.name}",
                    side.shape(shape, 1 if scheme.fused else parts),
                    self.weight_sets,
                    side.dtype or self.step.weight_dtype,
                    "scale",
                    sharding,
                    self.stack,
                    self.block,
                )
            )
        return scheme.dtype

    def linear(
        self,
        name: str,
        inputs: int,
        outputs: int,
        sharding: Sharding,
        *,
        rows: int | None = None,
        bias: bool = False,
        quantized: bool = True,
    ) -> None:
        """Emit y = x Wᵀ + b over `rows` rows of x, by default one for each new token."""
        if quantized:
            dtype = self.matrix(name, (outputs, inputs), sharding)
        else:
            dtype = self.step.weight_dtype
            self.weight(name, (outputs, inputs), sharding)
        if bias:
            self.weight(f"{name}.bias", (outputs,), "replicated" if sharding == "row" else sharding)
        self.product(name, self.step.tokens if rows is None else rows, outputs, inputs, inputs * outputs, dtype)

    def product(
        self,
        name: str,
        m: int,
        n: int,
        k: int,
        operand_elements: int,
        operand_dtype: str | None = None,
        *,
        batch: int = 1,
        kind: Literal["linear", "attention", "convolution", "recurrence", "lookup", "norm"] = "linear",
        pairs: int | None = None,
        full_pairs: int = 1,
    ) -> None:
        """Emit `batch` products of (m, k) with (k, n)."""
        if not self._runs:
            return
        dtype = self.step.dtype
        self._draft.operators.append(
            Operator(
                self._label + name,
                kind,
                self.stack,
                self.block,
                m,
                n,
                k,
                batch,
                self.repeat,
                operand_elements,
                dtype,
                operand_dtype or self.step.weight_dtype,
                dtype,
                pairs,
                full_pairs,
                self.step.tracer,
            )
        )

    def attend(
        self,
        *,
        heads: int,
        kv_heads: int,
        key_dim: int,
        value_dim: int,
        window: int | None = None,
        causal: bool = True,
        chunked: bool = False,
        top_k: int | None = None,
        top_k_block: int = 1,
    ) -> None:
        """Emit the core of attention: the scores of each query head with all keys, and their sums of values.

        Where each token attends to `top_k` chosen ones, a decode step multiplies with those only; a prefill, which has
        other ones for each token, is counted with all, as masks do it.
        """
        step = self.step
        kv_length, pairs = step.kv_length(window, chunked), step.pairs(window, causal, chunked)
        if top_k is not None:
            kv_length = minimum(kv_length, top_k) if step.decode else kv_length
            pairs = step.chosen_pairs(top_k, top_k_block)
        m, batch, full = step.seq_len, step.batch_size * heads, step.seq_len * kv_length
        stored = step.batch_size * kv_heads * kv_length
        for name, n, k, width in (
            ("scores", kv_length, key_dim, key_dim),
            ("values", value_dim, kv_length, value_dim),
        ):
            self.product(
                name,
                m,
                n,
                k,
                stored * width,
                step.cache_dtype,
                batch=batch,
                kind="attention",
                pairs=pairs,
                full_pairs=full,
            )

    def norm(self, name: str, norm: Norm, rows: int | None = None) -> None:
        """Emit a normalisation over `rows` rows, by default one for each new token."""
        numbers = (norm.size,) if norm.sets == 1 else (norm.sets, norm.size)
        if norm.gain:
            self.weight(name, numbers, "replicated")
        if norm.bias:
            self.weight(f"{name}.bias", numbers, "replicated")
        elements = norm.size if norm.gain else 0
        self.product(name, self.step.tokens if rows is None else rows, norm.size, 0, elements, kind="norm")
        if norm.gate_rank:
            self.linear(f"{name}.gate_down_proj", norm.size, norm.gate_rank, "replicated", rows=rows)
            self.linear(f"{name}.gate_up_proj", norm.gate_rank, norm.size, "replicated", rows=rows)

    def cache(
        self,
        kind: Literal["key_value", "latent", "indexer", "state"],
        elements_per_entry: int,
        sharding: Sharding,
        window: int | None = None,
        dtype: str | None = None,
        stride: int = 1,
    ) -> None:
        """Emit what each position of the block keeps for one sequence, by default in the cache's number format.

        A state, which does not grow with the sequence, is kept in that of the activations.
        """
        if not self._runs:
            return
        layers = self.caches
        usual = self.step.dtype if kind == "state" else self.step.cache_dtype
        self._draft.caches.append(
            Cache(
                kind,
                self.stack,
                self.block,
                layers,
                elements_per_entry,
                window,
                dtype or usual,
                sharding,
                self.repeat - layers,
                stride,
                self.step.prompt,
            )
        )

    def route(self, experts: int, top_k: int) -> None:
        """Say that the block's expert weights are used by `top_k` of `experts`, all of them where several say so."""
        routing = (f"{self.stack}.{self.block}", experts, top_k)
        if routing not in self._draft.routing:
            self._draft.routing.append(routing)
