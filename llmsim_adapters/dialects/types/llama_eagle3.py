"""EAGLE-3 drafts (`LlamaForCausalLMEagle3`): one Llama layer over token embeddings and a target model's hidden states.

Source: SGLang's `llama_eagle3.py` (arXiv:2503.01840). Hidden states of some layers of the target are projected to the
draft's size; beside each is the token's embedding, so that queries, keys and values have twice the usual input. The
head has a vocabulary of its own. Such configs say that they are a `llama`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.types import xverse
from llmsim_adapters.spec.components import Head, Norm, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, Component
    from llmsim_adapters.spec.model import ModelSpec

SPECULATOR: Final = "Eagle3Speculator"
"""The class of speculators, a library that trains such drafts."""

_TAKEN: Final = 3
"""Hidden states that are taken of the target where no key says so."""


def read(r: Reader) -> ModelSpec:
    hidden = r.size("hidden_size")
    if r.architecture == SPECULATOR:
        mixer = _of_speculators(r)
    else:
        r.no_effect(("max_window_layers", "use_sliding_window"), "the code has no windows")
        mixer = attention(r, bias=False, o_bias=r.flag("attention_bias"))
    return drafting(r, replace(mixer, input_size=2 * hidden), mlp(r, bias=r.flag("mlp_bias")))


def _of_speculators(r: Reader) -> Attention:
    """Read the attention of the library's class, which is that of Llama or of Qwen3 with biases where they are said."""
    bias = r.flag("attention_bias")
    if r.model_type not in ("llama", "qwen3"):
        r.not_modelled("model_type")
    normed = r.model_type == "qwen3"
    for name in ("head_dim", "num_key_value_heads") if normed else ():
        if not r.has(name):
            r.missing(name, "of Qwen3's attention, whose class has a size of its own in its place")
    r.no_effect(("max_window_layers",), "layer_types says which layers have a window")
    mixer = attention(r, bias=bias, qk_norm=normed)
    found = windowed(r, mixer, [False] * layers(r))
    return found[0] if isinstance(found, list) else found


def drafting(r: Reader, mixer: Component, feed_forward: Component) -> ModelSpec:
    """Read a draft of one layer of these mixers, the first of which has twice the usual input."""
    r.check("num_hidden_layers", r.size("num_hidden_layers") == 1, "is not 1: only drafts of one layer are modelled")
    spec = decoder(r, mixer, feed_forward, inputs=_target(r))
    vocabulary, hidden = r.optional_size("draft_vocab_size"), r.size("hidden_size")
    tied = any(isinstance(end, Head) and end.weight_of == "embedding" for end in spec.outputs)
    # A table of another width is the draft's own, and so is a head of fewer tokens (llama_eagle3.py, `set_embed`).
    table = ("embedding",) if r.size_or("target_hidden_size", lambda: hidden) == hidden else ()
    head = ("head",) if vocabulary is None and not tied else ()
    spec = replace(spec, from_target=(*table, "hidden states", *head))
    if vocabulary is None:
        return spec
    return spec.transform(Head, lambda h: h if h.weight_of == "embedding" else replace(h, vocab_size=vocabulary))


def _target(r: Reader) -> tuple[Component, ...]:
    """Read what becomes of the target's hidden states before the layer."""
    hidden = r.size("hidden_size")
    size, count = r.size_or("target_hidden_size", lambda: hidden), _taken(r)
    norms: tuple[Component, ...] = ()
    if r.flag("norm_before_fc"):
        norms = (Norm(count * size),)
    if r.flag("fc_norm") or r.flag("use_aux_norm"):
        norms = (*norms, *(Norm(size),) * int(count))
    into = Projection(input_size=count * size, output_size=hidden, bias=r.flag("bias"))
    return *norms, into, Norm(hidden)


def _taken(r: Reader) -> int:
    """Read how many hidden states of the target are taken."""
    eagle = r.nested("eagle_config")
    chosen = None
    if eagle is not None:
        if eagle.has("use_aux_hidden_state"):
            eagle.only("use_aux_hidden_state", True)
        chosen = eagle.indices("eagle_aux_hidden_state_layer_ids")
    if chosen is None and r.has("eagle_aux_hidden_state_layer_ids"):
        chosen = r.indices("eagle_aux_hidden_state_layer_ids")
    if r.has("num_aux_hidden_states"):
        return r.size("num_aux_hidden_states")
    return r.derive("num_aux_hidden_states", len(chosen) if chosen else _TAKEN)


DEFAULTS: Final[dict[str, Any]] = {
    "bias": False,
    "draft_vocab_size": None,
    "target_hidden_size": None,
    "norm_before_fc": False,
    "fc_norm": False,
    "use_aux_norm": False,
}
"""What such drafts take where a config says nothing of the target's hidden states."""

DIALECT = xverse.DIALECT.like(
    "llama_eagle3",
    read=read,
    costless={
        "embed_requires_grad": "how it was trained",
        "norm_output": "which state the next step gets: elementwise",
        "norm_before_residual": "which of two states is added after the layer: elementwise",
        "has_no_defaults_at_init": "bookkeeping of the library that wrote the config",
        **dict.fromkeys(
            ("speculators_config", "speculators_model_type", "speculators_version"),
            "how many tokens are drafted, of which target, and by which library",
        ),
    },
    attention_bias=False,
    mlp_bias=False,
    **DEFAULTS,
    causal_lm=(SPECULATOR, "LlamaForCausalLMEagle3"),
)
