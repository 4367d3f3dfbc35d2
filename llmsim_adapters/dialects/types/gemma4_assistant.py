"""Gemma 4's assistant: layers of Gemma 4 that attend to what a target keeps, between two projections.

Source: transformers `Gemma4AssistantForCausalLM` and SGLang's `gemma4_mtp.py`. The next token's embedding and the
hidden state are the target's and joined; each layer has queries alone, for the keys and values of the target's last
layers. What comes out is projected back for the next step; the table behind the logits is the draft's own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.patterns import each_changed
from llmsim_adapters.dialects.assembly.per_layer import per_layer_embedding
from llmsim_adapters.dialects.types import gemma4_text
from llmsim_adapters.spec.components import Embedding, Head, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, targets = r.size("hidden_size"), r.size("backbone_hidden_size")
    if r.flag("use_ordered_embeddings"):
        r.not_modelled("use_ordered_embeddings")
    else:
        r.no_effect(("num_centroids", "centroid_intermediate_top_k"), "use_ordered_embeddings is false")
    r.only("use_double_wide_mlp", False)
    mixers = each_changed(gemma4_text.attentions(r), lambda mixer: replace(mixer, borrows_cache=True))
    shared = r.count("num_kv_shared_layers")
    r.check("num_kv_shared_layers", shared == len(mixers), f"is {int(shared)}: all layers use the target's cache")
    spec = decoder(
        r,
        mixers,
        mlp(r),
        layout=gemma4_text.layout(r),
        inputs=(*per_layer_embedding(r), Projection(input_size=2 * targets, output_size=hidden)),
        softcap=r.number("final_logit_softcapping", least=0),
    )
    tied = any(isinstance(end, Head) and end.weight_of == "embedding" for end in spec.outputs)
    r.check("tie_word_embeddings", tied, "is false: there would be a table that nothing uses")
    spec = spec.transform(Embedding, lambda table: replace(table, hidden_size=targets, of_target=True))
    spec = spec.transform(Head, lambda head: replace(head, weight_of="itself"))
    return replace(
        spec,
        outputs=(*spec.outputs, Projection(input_size=hidden, output_size=targets)),
        from_target=("embedding", "hidden states", "keys and values"),
    )


DEFAULTS: Final[dict[str, Any]] = {
    "use_ordered_embeddings": False,
    "num_centroids": 2048,
    "centroid_intermediate_top_k": 32,
}

DIALECT = gemma4_text.DIALECT.like("gemma4_assistant", read=read, classes=("Gemma4AssistantForCausalLM",), **DEFAULTS)
