"""Features: what makes one spec differ from another, derived from the spec and removable from it.

A feature is never written down beside the spec. `present` looks at one node of the spec; `remove` gives the node
as a builder that does not know the feature would see it, which is how the impact of a gap is computed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Generic

from llmsim_adapters.spec.components import MLP, Attention, Head, LatentAttention, MixtureOfExperts, Norm
from llmsim_adapters.spec.model import Block, ModelSpec, Node, Stack, Sublayer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping


@dataclass(frozen=True, slots=True, eq=False)
class Feature(Generic[Node]):
    """A named property of one kind of node.

    `costless` is the reason why no figure changes with it; None: some figure does.
    """

    name: str
    summary: str
    on: type[Node]
    present: Callable[[Node], bool]
    remove: Callable[[Node], Node]
    costless: str | None = None

    def __str__(self) -> str:
        return self.name


def _blocks_differ_in(stack: Stack, *kinds: type) -> bool:
    """Whether blocks of a stack differ in which of these kinds of mixer they have."""
    return len({frozenset(kind for kind in kinds if _has(block, kind)) for block in stack.blocks}) > 1


def _has(block: Block, kind: type) -> bool:
    return any(isinstance(mixer, kind) for sublayer in block.sublayers for mixer in sublayer.mixers)


def _windows(stack: Stack) -> set[int | None]:
    return {
        mixer.window
        for block in stack.blocks
        for sublayer in block.sublayers
        for mixer in sublayer.mixers
        if isinstance(mixer, Attention)
    }


def _all_experts(stack: Stack) -> Stack:
    """Every position runs the first block that has a mixture."""
    sparse = next(i for i, block in enumerate(stack.blocks) if _has(block, MixtureOfExperts))
    return replace(stack, blocks=(stack.blocks[sparse],), order=(0,) * len(stack.order))


def _one_window(stack: Stack) -> Stack:
    """Every position runs the block with the widest attention, the most that such a model may keep."""

    def width(block: Block) -> tuple[bool, int]:
        windows = [m.window for s in block.sublayers for m in s.mixers if isinstance(m, Attention)]
        return (None in windows, max((w for w in windows if w is not None), default=0))

    return replace(stack, blocks=(max(stack.blocks, key=width),), order=(0,) * len(stack.order))


_ELEMENTWISE: Final = "elementwise: no weights, no matrix product"

BUILT_IN: Final[tuple[Feature[Any], ...]] = (
    Feature(
        "sliding_window",
        "attention to the latest tokens only",
        Attention,
        lambda a: a.window is not None,
        lambda a: replace(a, window=None),
    ),
    Feature(
        "mixed_attention",
        "layers with different attention windows in one stack",
        Stack,
        lambda s: len(s.blocks) > 1 and len(_windows(s)) > 1,
        _one_window,
    ),
    Feature(
        "attention_bias",
        "biases of the query, key and value projections",
        Attention,
        lambda a: a.qkv_bias,
        lambda a: replace(a, qkv_bias=False),
    ),
    Feature(
        "attention_output_bias",
        "bias of the attention's output projection",
        Attention,
        lambda a: a.o_bias,
        lambda a: replace(a, o_bias=False),
    ),
    Feature(
        "qk_norm",
        "normalisation of each query and key head",
        Attention,
        lambda a: a.qk_norm,
        lambda a: replace(a, qk_norm=False),
    ),
    Feature(
        "attention_softcap",
        "tanh soft-cap of the attention scores",
        Attention,
        lambda a: a.softcap is not None,
        lambda a: replace(a, softcap=None),
        costless=_ELEMENTWISE,
    ),
    Feature(
        "bidirectional_attention",
        "tokens attend to later ones too",
        Attention,
        lambda a: not a.causal,
        lambda a: replace(a, causal=True),
    ),
    Feature(
        "partial_rotary",
        "rotary embedding of a part of each head",
        Attention,
        lambda a: a.rotary_fraction < 1.0,
        lambda a: replace(a, rotary_fraction=1.0),
        costless=_ELEMENTWISE,
    ),
    Feature(
        "query_compression",
        "low-rank query projection (q_lora_rank)",
        LatentAttention,
        lambda a: a.q_lora_rank is not None,
        lambda a: replace(a, q_lora_rank=None),
    ),
    Feature(
        "latent_attention_bias",
        "biases of the projections from and to the hidden states",
        LatentAttention,
        lambda a: a.bias,
        lambda a: replace(a, bias=False),
    ),
    Feature(
        "activation",
        "an activation other than SiLU",
        MLP,
        lambda m: m.activation != "silu",
        lambda m: replace(m, activation="silu"),
        costless=_ELEMENTWISE,
    ),
    Feature(
        "expert_activation",
        "experts with an activation other than SiLU",
        MixtureOfExperts,
        lambda m: m.activation != "silu",
        lambda m: replace(m, activation="silu"),
        costless=_ELEMENTWISE,
    ),
    Feature(
        "mlp_bias",
        "biases of the feed-forward projections",
        MLP,
        lambda m: m.bias,
        lambda m: replace(m, bias=False),
    ),
    Feature(
        "plain_mlp",
        "feed-forward network without a gate",
        MLP,
        lambda m: not m.gated,
        lambda m: replace(m, gated=True),
    ),
    Feature(
        "shared_experts",
        "experts that run on every token",
        MixtureOfExperts,
        lambda m: m.shared is not None,
        lambda m: replace(m, shared=None),
    ),
    Feature(
        "score_correction_bias",
        "router correction bias, a persistent buffer",
        MixtureOfExperts,
        lambda m: m.score_correction_bias,
        lambda m: replace(m, score_correction_bias=False),
    ),
    Feature(
        "dense_layers",
        "some layers with a dense feed-forward network among mixtures of experts",
        Stack,
        lambda s: len(s.blocks) > 1 and _blocks_differ_in(s, MixtureOfExperts),
        _all_experts,
    ),
    Feature(
        "post_norms",
        "norms after the mixers, before the residual",
        Sublayer,
        lambda s: bool(s.post_norms),
        lambda s: replace(s, post_norms=()),
    ),
    Feature(
        "layer_norm",
        "layer normalisation in place of RMS normalisation",
        Norm,
        lambda n: n.form != "rms",
        lambda n: replace(n, form="rms", bias=False),
    ),
    Feature(
        "tied_embeddings",
        "the head reuses the token embedding's table",
        Head,
        lambda h: h.weight_of == "embedding",
        lambda h: replace(h, weight_of="itself"),
    ),
    Feature(
        "head_bias",
        "bias of the output head",
        Head,
        lambda h: h.bias,
        lambda h: replace(h, bias=False),
    ),
    Feature(
        "logit_softcap",
        "tanh soft-cap of the logits",
        Head,
        lambda h: h.softcap is not None,
        lambda h: replace(h, softcap=None),
        costless=_ELEMENTWISE,
    ),
    Feature(
        "multi_token_prediction",
        "extra layers that predict further tokens, a stack by itself",
        ModelSpec,
        lambda m: m.stack("mtp") is not None,
        lambda m: replace(m, stacks=tuple(s for s in m.stacks if s.name != "mtp")),
    ),
    Feature(
        "quantized_weights",
        "weights stored in a narrow format with scales",
        ModelSpec,
        lambda m: m.quantization is not None,
        lambda m: replace(m, quantization=None),
    ),
)


class Features:
    """The features that are known in a process: the built-in ones and those of plugins."""

    def __init__(self, features: Iterable[Feature[Any]] = BUILT_IN) -> None:
        self._by_name: dict[str, Feature[Any]] = {}
        self._by_node: defaultdict[type, list[tuple[str, Callable[[Any], bool]]]] = defaultdict(list)
        for feature in features:
            self.add(feature)

    def add(self, feature: Feature[Any]) -> None:
        """Make a feature known.

        Raises:
            ValueError: a feature of this name is known already.
        """
        if feature.name in self._by_name:
            message = f"feature `{feature.name}` is defined twice"
            raise ValueError(message)
        self._by_name[feature.name] = feature
        self._by_node[feature.on].append((feature.name, feature.present))

    def __getitem__(self, name: str) -> Feature[Any]:
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Feature[Any]]:
        return iter(self._by_name.values())

    def of(self, spec: ModelSpec) -> frozenset[str]:
        """Return the names of the features that a spec has."""
        return self.among(spec.nodes())

    def among(self, nodes: Iterable[Any]) -> frozenset[str]:
        """Return the names of the features that a spec of these nodes has."""
        by_node: Mapping[type, list[tuple[str, Callable[[Any], bool]]]] = self._by_node
        found = set()
        for node in nodes:
            for name, present in by_node.get(node.__class__, ()):
                if name not in found and present(node):
                    found.add(name)
        return frozenset(found)

    def without(self, spec: ModelSpec, names: Iterable[str]) -> ModelSpec:
        """Return the spec as one that does not have these features."""
        for name in names:
            feature = self._by_name[name]

            def change(node: Any, feature: Feature[Any] = feature) -> Any:
                return feature.remove(node) if feature.present(node) else node

            spec = spec.transform(feature.on, change)
        return spec
