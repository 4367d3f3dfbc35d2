"""The facts of vLLM's own model classes: which models have as many elements, and for what reason others don't."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import llmsim_adapters as la
from tests.facts import checkpoint, facts, is_known
from tests.reference.vllm import offline

if TYPE_CHECKING:
    from collections.abc import Iterator

MODELS: Final[dict[str, Any]] = facts("vllm")["models"]

_NO_POOLER: Final = "vLLM takes the first token's hidden state, and leaves out the layer that files have for it"
_HEAD: Final = "vLLM makes the causal model, with a head of its own, also where nothing asks for logits"
_BUFFERS: Final = "vLLM keeps constants as buffers that it reads from files: they are no parameters of its"
DIFFERENT: Final = {
    "AXK1ForCausalLM": "vLLM's class has a norm behind dense networks, too",
    "ApertusForCausalLM": _BUFFERS,
    "BertForMaskedLM": "vLLM's head has a table of its own, whatever the config says of ties",
    "BertModel": f"{_NO_POOLER}; this file's encoder has one",
    "BertSpladeSparseEmbeddingModel": "as BertForMaskedLM: its name is vLLM's own, for files of that",
    "BgeM3EmbeddingModel": "its name is vLLM's alone: two layers stand in files beside the model's",
    "DeepseekV3BidirectionalModel": _HEAD,
    "EmbeddingGemma2Model": _BUFFERS,
    "Gemma4ForCausalLM": _BUFFERS,
    "HF_ColBERT": f"{_NO_POOLER}; how wide the projection is stands in no config",
    "JambaForSequenceClassification": _HEAD,
    "LlamaModel": _HEAD,
    "MistralLarge3ForCausalLM": "vLLM's class has no correction bias where the config does not ask for one",
    "MistralModel": _HEAD,
    "Qwen2Model": _HEAD,
    "RobertaForMaskedLM": "vLLM's class of the name makes embeddings: it has no head",
    "RobertaModel": _NO_POOLER,
    "Step5ForCausalLM": "an indexer, which is a gap",
    "XLMRobertaModel": _NO_POOLER,
}
"""The facts whose number is another, each for a reason."""


@cache
def model(name: str) -> la.Model:
    """Return the model of a fact."""
    config = MODELS[name].get("config") or offline(name)
    assert config is not None
    return la.load(dict(config))


@cache
def elements(name: str) -> int:
    """Return how many elements a model's parameters and buffers have."""
    graph = model(name).build(checkpoint(seq_len=8))
    return graph.parameters + graph.buffers


def held_by_vllm() -> Iterator[la.Model]:
    """Yield the models that were read without any gap, and have as many elements as vLLM's class."""
    for name in sorted(MODELS.keys() - DIFFERENT):
        if is_known(model(name)) and elements(name) == MODELS[name]["elements"]:
            yield model(name)
