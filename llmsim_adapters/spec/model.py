"""What a model *is*: stacks of blocks of sublayers of components, immutable, and equal where the models are.

    ModelSpec ─ Stack ─ Block ─ Sublayer ─ Component

A `Stack` has its distinct `blocks` once and an `order` that says which of them each position runs, so that 26
alternating layers are two blocks and an order. Nothing here knows what anything costs.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import cache
from operator import is_
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from llmsim_adapters.dataclass import dataclass, replace
from llmsim_adapters.spec.components import Component, Norm, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from llmsim_adapters.spec.media.media import Kind, Media
    from llmsim_adapters.spec.quantization import Quantization

Node = TypeVar("Node")


@dataclass(frozen=True, slots=True)
class Sublayer:
    """One or more parallel mixers over the same input, with their norms and one residual around them.

    `pre_norms` and `post_norms` are empty, one for all mixers, or one for each, or for each of a mixer's inputs. The
    input is added to the output where `skip`; `residual` is a component where that addition owns weights. Where
    `from_encoder`, keys and values come from an encoder's output; a decoder by itself has none, keeps the weights and
    leaves the sublayer out. Where the block's positions share the sublayer's weights, `weight_sets` says how many sets
    there are at most. `rows` names those that a sublayer of an encoder runs on where they are not its hidden states.
    """

    mixers: tuple[Component, ...]
    pre_norms: tuple[Norm, ...] = ()
    post_norms: tuple[Norm, ...] = ()
    skip: bool = True
    residual: Component | None = None
    from_encoder: bool = False
    weight_sets: int | None = None
    rows: str = ""

    def parts(self) -> tuple[Component, ...]:
        residual = () if self.residual is None else (self.residual,)
        return (*self.pre_norms, *self.mixers, *self.post_norms, *residual)


@dataclass(frozen=True, slots=True)
class Block:
    """What one position of a stack runs, sublayer by sublayer; `name` is unique in its stack."""

    name: str
    sublayers: tuple[Sublayer, ...]

    def parts(self) -> tuple[Sublayer, ...]:
        return self.sublayers

    def mixers(self) -> Iterator[Component]:
        """Yield the mixers of all sublayers, in their order."""
        return (mixer for sublayer in self.sublayers for mixer in sublayer.mixers)


@dataclass(frozen=True, slots=True)
class Stack:
    """A run of blocks over one length axis (`tokens`, `patches`, `frames`).

    One over another axis than tokens is a tower: an encoder of pictures or sound beside the language model. What
    stands beside it without being one has an axis of its own: `features` that are projected, `codes` of pictures or
    of speech.
    `order[i]` is the index of the block that position i runs. Where position i uses another position's weights or
    cache, `weights_of[i]` or `cache_of[i]` is that position; empty: every position has its own. `before` and
    `after` are components that run once, around the blocks. An `optional` stack is left out of the figures unless
    the schedule asks for it. `prompt` tokens of the model's own stand before those of every sequence and are not
    returned. One that is the `source` encodes the words that others attend to: it runs on as many as an encoder's
    output has, in the step that begins a sequence. One of a `mode` runs in steps of that alone; one `beside` media
    of some kinds, as adapters for pictures, on all tokens of a step that has such and none of those that `unless`
    names. Each token runs in `streams`, one for itself and one for each token that it predicts. With a
    `patch_size`, the stack runs on patches of so many tokens. A sequence that begins with more than `pad_above`
    tokens is padded to a multiple of `pad_to`. `counted_by` is the canonical parameter that says how many positions
    there are. `media` says what a tower runs for a picture or sound, or each token; None: nobody knows.
    `model_type` is that of a tower's config; `before_rows` and `after_rows` name the rows that each component around
    its blocks runs on: `patches`, `rows` (the hidden states of blocks), `tokens`, `sequences`, `items`, `never`, or
    one of its rule's own. Those that none is named for run on patches up to the first convolution or projection, and
    then on rows; behind the blocks norms of their width run on rows, and what follows on tokens.
    """

    name: str
    blocks: tuple[Block, ...]
    order: tuple[int, ...]
    before: tuple[Component, ...] = ()
    after: tuple[Component, ...] = ()
    axis: str = "tokens"
    weights_of: tuple[int, ...] = ()
    cache_of: tuple[int, ...] = ()
    optional: bool = False
    prompt: int = 0
    streams: int = 1
    patch_size: int = 0
    pad_to: int = 0
    pad_above: int = 0
    counted_by: str = "num_hidden_layers"
    media: Media | None = None
    model_type: str = ""
    before_rows: tuple[str, ...] = ()
    after_rows: tuple[str, ...] = ()
    source: bool = False
    mode: Literal["", "extend", "decode"] = ""
    beside: tuple[Kind, ...] = ()
    unless: tuple[Kind, ...] = ()

    def parts(self) -> tuple[Component | Block, ...]:
        return (*self.before, *self.blocks, *self.after)

    @property
    def is_tower(self) -> bool:
        """Whether it encodes something other than text, which a step of text runs only where it `streams_rows`."""
        return self.axis != "tokens"

    @property
    def streams_rows(self) -> int:
        """The hidden states of a tower for each token, where it runs with these in every step; 0: it does not."""
        return 0 if self.media is None else self.media.rows_of_token

    def executions(self, block: int) -> int:
        """Return how many positions run this block."""
        return self.order.count(block)

    def weight_sets(self, block: int) -> int:
        """Return how many sets of this block's weights there are."""
        return self._owned(block, self.weights_of)

    def caches(self, block: int) -> int:
        """Return how many positions of this block keep a cache of their own."""
        return self._owned(block, self.cache_of)

    def _owned(self, block: int, owners: tuple[int, ...]) -> int:
        if not owners:
            return self.order.count(block)
        return sum(1 for i, b in enumerate(self.order) if b == block and owners[i] == i)


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A whole model. `inputs` and `outputs` stand before and after the stacks: embeddings and heads.

    `unmodelled` names parts that the config has and that this spec leaves out (a vision tower, an unknown head).
    Each becomes a gap of every builder, so that such a model is never fully supported. `architecture` is the class
    that the config names, empty where it names none: engines choose their own class by it. `whole_type` is the type of
    a whole model, where that is another than the language model's. A draft model is one that takes something
    `from_target`, the model whose tokens it drafts, such as hidden states. `dtype_said`: whether the config names the
    format of unquantized weights, so that it is no default. Where there is a `canvas`, so many tokens are decoded
    together, over and over (block diffusion): a step in mode decode is one run over them, in which they see each other
    and have logits each; words are taken in before, in mode extend, and have none.
    """

    model_type: str
    stacks: tuple[Stack, ...]
    inputs: tuple[Component, ...] = ()
    outputs: tuple[Component, ...] = ()
    dtype: str = "float32"
    quantization: Quantization | None = None
    unmodelled: tuple[str, ...] = ()
    architecture: str = ""
    from_target: tuple[str, ...] = ()
    whole_type: str = ""
    dtype_said: bool = True
    canvas: int = 0

    def parts(self) -> tuple[Component | Stack, ...]:
        return (*self.inputs, *self.stacks, *self.outputs)

    def stack(self, name: str) -> Stack | None:
        """Return the stack of this name."""
        return next((stack for stack in self.stacks if stack.name == name), None)

    @property
    def towers(self) -> tuple[Stack, ...]:
        """The stacks that stand beside the language model."""
        return tuple([stack for stack in self.stacks if stack.is_tower])

    def language_model(self) -> ModelSpec:
        """Return the model without its towers."""
        return replace(self, stacks=tuple(stack for stack in self.stacks if not stack.is_tower))

    def nodes(self) -> list[Any]:
        """Return the spec and every stack, block, sublayer and component in it, depth first, each object once."""
        latest = _LATEST[0]
        if latest is not None and latest[0] is self:
            return latest[1].copy()
        found: dict[int, Any] = {}
        _visit(self, found)
        nodes = list(found.values())
        _LATEST[0] = self, nodes
        return nodes.copy()

    def components(self) -> Iterator[Component]:
        """Yield every component of every distinct block once, depth first, but for what is part of another one."""
        return (node for node in self.nodes() if isinstance(node, Component) and not isinstance(node, Part))

    def transform(self, kind: type[Node], change: Callable[[Node], Node]) -> ModelSpec:
        """Return the spec with `change` applied to every node of a kind, inner nodes first."""
        changed = _transform(self, kind, change, {})
        if not isinstance(changed, ModelSpec):
            message = f"`change` must return a {kind.__name__}, not {type(changed).__name__}"
            raise TypeError(message)
        return changed


_LATEST: Final[list[tuple[ModelSpec, list[Any]] | None]] = [None]
"""The spec that was walked last, and its nodes: builders and an engine's rules ask for those of one spec in turn."""


def _visit(node: Any, found: dict[int, Any]) -> None:
    """Put a node and what is in it to those that are found, by identity."""
    found[id(node)] = node
    for part in node.parts():
        if id(part) not in found:
            _visit(part, found)


def _transform(node: Any, kind: type[Node], change: Callable[[Node], Node], done: dict[int, Any]) -> Any:
    """Return a node with `change` applied inside it and to it; what is `done`, by identity, is not done again."""
    if isinstance(node, tuple):
        if not node or node[0].__class__ in _PLAIN:
            return node
        items = tuple([_transform(item, kind, change, done) for item in node])
        return node if all(map(is_, items, node)) else items
    names = _fields(node.__class__)
    if names is None:
        return node
    if id(node) not in done:
        changed = {}
        for name in names:
            value = getattr(node, name)
            if value.__class__ not in _PLAIN:
                inner = _transform(value, kind, change, done)
                if inner is not value:
                    changed[name] = inner
        new = replace(node, **changed) if changed else node
        done[id(node)] = change(new) if isinstance(new, kind) else new
    return done[id(node)]


_PLAIN: Final = frozenset({int, float, bool, str, NoneType})
"""Classes of values that have no nodes inside."""

_PLAIN_TYPES: Final = frozenset({"int", "float", "bool", "str", "int | None", "float | None"})


@cache
def _fields(kind: type) -> tuple[str, ...] | None:
    """Return the names of the fields of a class that may have nodes inside, None where it is no dataclass."""
    return tuple(f.name for f in fields(kind) if f.type not in _PLAIN_TYPES) if is_dataclass(kind) else None
