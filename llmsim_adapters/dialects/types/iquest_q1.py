"""IQuest Q1: most layers slide, four norms a layer, learned keys as sinks, experts after dense layers.

Source: SGLang's `IQuestQ1Config` and class. `layer_types` is made of other lists, of the first, middle and last layers.
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import FULL, SLIDING, decoder, layers, windowed
from llmsim_adapters.dialects.assembly.layouts import sandwich_norm
from llmsim_adapters.dialects.assembly.options import with_options
from llmsim_adapters.dialects.assembly.patterns import experts_where, unrotated
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import SinkKeys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.assembly.layouts import Layout
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, Component, Norm
    from llmsim_adapters.spec.model import ModelSpec, Sublayer

PATTERN: Final = (
    *("first_layers_types", "hybrid_layer_pattern", "hybrid_layers_types_block", "is_hybrid_swa"),
    *("last_layers_types", "num_hybrid_layers_block", "use_hybrid_layers"),
)


def read(r: Reader) -> ModelSpec:
    count = layers(r)
    r.no_effect(PATTERN, "layer_types is made of them")
    dense = r.indices("mlp_only_layers") or frozenset()
    r.derive("moe_intermediate_size", r.size("expert_intermediate_size"))
    width = r.size("dense_intermediate_size")
    networks = experts_where(
        r, [i not in dense for i in range(count)], lambda: mlp(r, width=width), lambda: mixture_of_experts(r)
    )
    if not dense:
        r.no_effect(("dense_intermediate_size",), "no layer has a dense feed-forward network")
    each = list(networks) if isinstance(networks, list) else [networks] * int(count)
    first = copy(each[0])
    return decoder(r, mixers(r), [first, *each[1:]], layout=_norms(first))


def mixers(r: Reader) -> Attention | Sequence[Attention]:
    """Read the attention of each layer."""
    count = layers(r)
    base = attention(r, bias=r.flag("attention_bias"), qk_norm=True)
    turned = r.optional_size("rotary_dim")
    if turned is not None:
        r.check(
            "rotary_dim", turned <= base.head_dim, lambda: f"is {int(turned)}, more than a head ({int(base.head_dim)})"
        )
        base = replace(base, rotary_fraction=turned / base.head_dim)
    if r.flag("enable_sink_attention"):
        sizes = (base.num_attention_heads, base.num_key_value_heads, base.head_dim)
        names = ("num_attention_heads", "num_key_value_heads", "head_dim")
        base = with_options(base, SinkKeys(**dict(zip(names, sizes, strict=True))))
    if not r.flag("use_sliding_window"):
        r.no_effect(("layer_types", "sliding_window"), "use_sliding_window is false")
        found: Attention | Sequence[Attention] = base
    else:
        if not r.has("layer_types"):
            r.missing("layer_types", f"{FULL!r} or {SLIDING!r} for each layer")
        found = windowed(r, base, [False] * count)
    bare = r.indices("no_rope_layers") or frozenset()
    return unrotated(found, [i not in bare for i in range(count)]) if bare else found


def _norms(first: Component) -> Layout:
    """Norms around each mixer, and behind the feed-forward network of the first layer alone."""

    def layout(mixer: Component, feed_forward: Component, norm: Norm, /) -> tuple[Sublayer, ...]:
        attends, network = sandwich_norm(mixer, feed_forward, norm)
        return attends, network if feed_forward is first else replace(network, post_norms=())

    return layout


DIALECT = Dialect(
    "iquest_q1",
    read,
    defaults={
        "vocab_size": 160000,
        "hidden_size": 3072,
        "dense_intermediate_size": 12288,
        "expert_intermediate_size": 1536,
        "num_hidden_layers": 88,
        "num_attention_heads": 48,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "hidden_act": "silu",
        "attention_bias": False,
        "rotary_dim": 32,
        "sliding_window": 4096,
        "use_sliding_window": True,
        "mlp_only_layers": [0],
        "num_experts": 256,
        "num_experts_per_tok": 8,
        "num_shared_experts": 0,
        "enable_sink_attention": True,
        "tie_word_embeddings": False,
    },
    aliases={"intermediate_size": "expert_intermediate_size"},
    costless={
        **dict.fromkeys(
            (
                *("attn_out_scale", "ffn_out_scale", "first_layer_attn_out_scale", "first_layer_ffn_out_scale"),
                *("logit_scale", "softmax_scale"),
            ),
            "a factor: elementwise",
        ),
        "enable_lm_head_fp32": "the number format of a product that is counted in elements",
        "moe_router_dtype": "the number format of a product that is counted in elements",
        "num_mtp_layers": "prediction modules are a draft of their own",
        "swa_rope_theta": "rotation angles of sliding layers: tables that are computed, elementwise",
    },
)
