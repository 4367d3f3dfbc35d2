"""The site: where a lowering puts the weights, operators and caches of one component.

A site stands for one block of a stack (or for what stands around the stacks) under one schedule. It knows how
often the block runs and how many sets of weights and caches it has; a lowering knows the shapes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

from llmsim_adapters.graph.cache import Cache
from llmsim_adapters.graph.operator import Operator, Weight
from llmsim_adapters.traced import ceil_div, minimum

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from llmsim_adapters.graph.operator import Sharding
    from llmsim_adapters.spec.components import Component, Norm
    from llmsim_adapters.spec.dtypes import Quantization


class Lowering(Protocol):
    """Puts what one component costs at a site: its weights, operators and caches."""

    def __call__(self, component: Any, site: Site, /) -> None: ...


class Step:
    """The sizes of one step, shared by all sites of a graph; `tokens` are the new ones of all sequences."""

    __slots__ = (
        "all_logits",
        "batch_size",
        "cache_dtype",
        "context_len",
        "decode",
        "dtype",
        "quantization",
        "seq_len",
        "tokens",
        "tracer",
        "weight_dtype",
    )

    def __init__(
        self,
        *,
        batch_size: int,
        seq_len: int,
        context_len: int,
        decode: bool,
        all_logits: bool,
        dtype: str,
        weight_dtype: str,
        cache_dtype: str,
        quantization: Quantization | None,
        tracer: Callable[[], Mapping[str, Operator]] | None = None,
    ) -> None:
        self.batch_size = batch_size
        self.seq_len = seq_len
        self.context_len = context_len
        self.decode = decode
        self.all_logits = all_logits
        self.dtype = dtype
        self.weight_dtype = weight_dtype
        self.cache_dtype = cache_dtype
        self.quantization = quantization
        self.tracer = tracer
        self.tokens = batch_size * seq_len

    def kv_length(self, window: int | None) -> int:
        """Return how many keys each new token is multiplied with: the cached ones in reach, and the new ones.

        The products are with all of them; what causality and the window leave of the pairs is `pairs`.
        """
        if window is None:
            return self.context_len + self.seq_len
        return minimum(self.context_len, window - 1) + self.seq_len

    def pairs(self, window: int | None, causal: bool) -> int:
        """Return how many (query, key) pairs of one sequence causality and the window leave.

        New token i of 1 … seq_len sees the min(context_len + i, window) latest keys, its own among them, and, where
        attention is not causal, as many later ones less one as there are.
        """
        cached, new = self.context_len, self.seq_len
        earlier = _staircase(cached + new, window) - _staircase(cached, window)
        if causal:
            return earlier
        return earlier + _staircase(new - 1, None if window is None else window - 1)


def _staircase(steps: int, height: int | None) -> int:
    """Return the sum of min(i, height) for i from 1 to `steps`."""
    if height is None:
        return steps * (steps + 1) // 2
    rising = minimum(steps, height)
    return rising * (rising + 1) // 2 + (steps - rising) * height


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

    def matrix(self, name: str, shape: tuple[int, ...], sharding: Sharding) -> str:
        """Emit the matrix of a linear layer, quantized where the checkpoint's is; return its format.

        The last two of `shape` are rows and columns; each block of them has a scale of its own.
        """
        quantization = self.step.quantization
        if quantization is None:
            self.weight(name, shape, sharding)
            return self.step.weight_dtype
        self.weight(name, shape, sharding, dtype=quantization.dtype)
        scales: tuple[int, ...] = (*shape[:-2], 1)
        if quantization.block is not None:
            rows, columns = quantization.block
            scales = (*shape[:-2], ceil_div(shape[-2], rows), ceil_div(shape[-1], columns))
        self._draft.weights.append(
            Weight(
                f"{self._label}{name}_scale",
                scales,
                self.weight_sets,
                quantization.scale_dtype,
                "scale",
                sharding,
                self.stack,
                self.block,
            )
        )
        return quantization.dtype

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
        kind: Literal["linear", "attention", "lookup", "norm"] = "linear",
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
    ) -> None:
        """Emit the core of attention: the scores of each query head with all keys, and their sums of values."""
        step = self.step
        kv_length, pairs = step.kv_length(window), step.pairs(window, causal)
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

    def cache(
        self,
        kind: Literal["key_value", "latent", "state"],
        elements_per_entry: int,
        sharding: Sharding,
        window: int | None = None,
    ) -> None:
        """Emit what each position of the block keeps for one sequence."""
        if not self._runs:
            return
        layers = self.caches
        self._draft.caches.append(
            Cache(
                kind,
                self.stack,
                self.block,
                layers,
                elements_per_entry,
                window,
                self.step.cache_dtype,
                sharding,
                self.repeat - layers,
            )
        )

    def route(self, experts: int, top_k: int) -> None:
        """Say that the block's expert weights are used by `top_k` of `experts`."""
        self._draft.routing.append((f"{self.stack}.{self.block}", experts, top_k))
