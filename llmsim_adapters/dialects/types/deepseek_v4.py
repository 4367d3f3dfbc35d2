"""DeepSeek-V4: attention to a window and to compressed tokens, hyper-connections, experts looked up by token.

Source: transformers `DeepseekV4Config`; what prediction modules are made of, SGLang's `deepseek_v4_nextn.py` says.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import activation, mixture_of_experts
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.hyper_connections import hyper_connected
from llmsim_adapters.dialects.assembly.sparse_attention import INDEXER_PARAMETERS
from llmsim_adapters.dialects.types import deepseek_v32
from llmsim_adapters.spec.components import (
    MLP,
    CompressedAttention,
    CompressedIndexer,
    HyperConnection,
    HyperHead,
    NextTokenInput,
)
from llmsim_adapters.spec.model import Sublayer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec, Stack

SLIDING: Final = "sliding_attention"
SPARSE: Final = "compressed_sparse_attention"
HEAVY: Final = "heavily_compressed_attention"
_OF_RATIO: Final = {0: SLIDING, 4: SPARSE, 128: HEAVY}
_RATES: Final = {SPARSE: "compress_rate_csa", HEAVY: "compress_rate_hca"}
_ELEMENTWISE: Final = "scales, bounds and iterations over few numbers: elementwise"
_ANGLES: Final = "rotation angles of rotary embeddings: tables that are computed, elementwise"


def read(r: Reader) -> ModelSpec:
    r.no_effect(("num_key_value_heads",), "the class has one head of keys, which are the values")
    r.no_effect(("attention_bias",), "the class gives its attention no biases")
    kinds = _layer_types(r)
    _rates(r, set(kinds))
    of = {kind: attention(r, kind) for kind in dict.fromkeys(kinds)}
    if SPARSE not in of:
        r.no_effect(INDEXER_PARAMETERS, "no layer has an indexer")
    networks = _networks(r)
    spec = hyper_connected(r, decoder(r, [of[kind] for kind in kinds], networks), mixes=True)
    module = _modules(r, networks[-1])
    return spec if module is None else replace(spec, stacks=(*spec.stacks, module))


def _modules(r: Reader, network: MixtureOfExperts) -> Stack | None:
    """Read the prediction modules: each a sliding layer of as many streams, each of which is projected."""
    stack = next_token_stack(r, prediction_modules(r), attention(r, SLIDING), network)
    if stack is None:
        return None
    hidden, streams = r.size("hidden_size"), r.size("hc_mult")
    connection = HyperConnection(hidden_size=hidden, streams=streams, mixes=True)
    collapse = Sublayer((HyperHead(hidden_size=hidden, streams=streams),), skip=False)
    join = Sublayer((NextTokenInput(hidden_size=hidden, streams=streams),), skip=False)
    (block,) = stack.blocks
    _, *layer, predict = block.sublayers
    connected = [replace(sublayer, residual=connection) for sublayer in layer]
    return replace(stack, blocks=(replace(block, sublayers=(join, *connected, collapse, predict)),))


def _layer_types(r: Reader) -> list[str]:
    """`layer_types`, or the compression ratio of each layer, or every other layer sparse after the first two."""
    count = layers(r)
    kinds = r.words("layer_types", (SLIDING, SPARSE, HEAVY), count)
    if kinds is not None:
        r.no_vote(("compress_ratios",), "layer_types", "how each layer compresses")
        return list(kinds)
    ratios = r.integers("compress_ratios", least=0)
    if ratios is None:
        return [SPARSE if i >= 2 and i % 2 else HEAVY for i in range(count)]
    r.no_further("compress_ratios", len(ratios), int(count))
    known = [_OF_RATIO[ratio] for ratio in ratios[:count] if ratio in _OF_RATIO]
    if len(known) != count:
        ratios_known = " and ".join(map(str, _OF_RATIO))
        r.refuse("compress_ratios", ratios, f"a ratio of {ratios_known} for each of {int(count)} layers")
        return [SLIDING] * count
    return known


def attention(r: Reader, kind: str) -> CompressedAttention:
    """Read the attention of one kind of layer."""
    heads, head_dim, groups = r.size("num_attention_heads"), r.size("head_dim"), r.size("o_groups")
    r.check(
        "o_groups",
        heads * head_dim % groups == 0,
        lambda: f"is {int(groups)}, which does not divide the heads' results",
    )
    base = CompressedAttention(
        hidden_size=r.size("hidden_size"),
        num_attention_heads=heads,
        head_dim=head_dim,
        q_lora_rank=r.size("q_lora_rank"),
        output_groups=groups,
        output_rank=r.size("o_lora_rank"),
        window=r.size("sliding_window"),
    )
    if kind == SLIDING:
        return base
    rate = r.size(_RATES[kind])
    if kind == HEAVY:
        return replace(base, compress_rate=rate)
    indexer = CompressedIndexer(
        hidden_size=base.hidden_size,
        query_size=base.q_lora_rank,
        num_heads=r.size("index_n_heads"),
        head_dim=r.size("index_head_dim"),
        compress_rate=rate,
    )
    return replace(base, compress_rate=rate, overlaps=True, top_k=r.size("index_topk"), indexer=indexer)


def _rates(r: Reader, kinds: set[str]) -> None:
    """Read how many tokens become one under older names, which win, or in `compress_rates`."""
    inner = r.nested("compress_rates") if kinds & _RATES.keys() else None
    if inner is None:
        r.no_effect(("compress_rates",), "no layer compresses")
    for kind, name in _RATES.items():
        if kind not in kinds or r.has(name):
            for reader, key in ((inner, kind), (None if kind in kinds else r, name)):
                if reader is not None:
                    reader.no_effect((key,), "no layer compresses so, or another key says how much")
        elif inner is not None and inner.has(kind):
            r.derive(name, inner.size(kind))


def _networks(r: Reader) -> list[MixtureOfExperts]:
    """Read the experts; in `hash_moe` layers a stored table says which ones a token goes to."""
    count = layers(r)
    kinds: Sequence[str] | None = r.words("mlp_layer_types", ("hash_moe", "moe"), count)
    if kinds is None:
        first = r.count("num_hash_layers")
        kinds = ["hash_moe" if i < first else "moe" for i in range(count)]
    else:
        r.no_vote(("num_hash_layers",), "mlp_layer_types", "which layers look their experts up")
    routed = experts(r)
    looked_up = replace(routed, score_correction_bias=None, token_table=r.size("vocab_size"))
    return [looked_up if kind == "hash_moe" else routed for kind in kinds]


def experts(r: Reader) -> MixtureOfExperts:
    """Read the experts of layers whose router chooses, with a shared one."""
    routed = mixture_of_experts(r, score_correction_bias="buffer")
    r.no_effect(("num_shared_experts",), "the class has one, of the experts' size")
    shared = MLP(
        hidden_size=routed.hidden_size,
        intermediate_size=routed.moe_intermediate_size,
        activation=activation(r),
        bias=r.flag("mlp_bias"),
    )
    return replace(routed, shared=shared)


DIALECT = deepseek_v32.DIALECT.like(
    "deepseek_v4",
    read=read,
    aliases={"intermediate_size": "moe_intermediate_size"},
    costless={
        **dict.fromkeys(("hc_eps", "hc_sinkhorn_iters", "swiglu_limit"), _ELEMENTWISE),
        **dict.fromkeys(("compress_rope_theta", "partial_rotary_factor", "qk_rope_head_dim"), _ANGLES),
    },
    hidden_size=4096,
    moe_intermediate_size=2048,
    num_hidden_layers=43,
    num_attention_heads=64,
    num_key_value_heads=1,
    head_dim=512,
    q_lora_rank=1024,
    num_experts_per_tok=6,
    num_hash_layers=3,
    compress_rate_csa=4,
    compress_rate_hca=128,
    hc_mult=4,
    sliding_window=128,
    o_groups=8,
    o_lora_rank=1024,
    index_topk=512,
    num_nextn_predict_layers=1,
)
