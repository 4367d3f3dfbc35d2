"""Encoders, and what stands at both ends of models that SGLang has classes of their own for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.engines.rules import Beside, Split, Store

if TYPE_CHECKING:
    from llmsim_adapters.engines.rules import Rule, Shelf
    from llmsim_adapters.spec.components import PositionEmbedding, Score

_BERT: Final = frozenset({"BertForSequenceClassification", "BertModel", "Contriever"})
_ROBERTA: Final = frozenset({"XLMRobertaForSequenceClassification", "XLMRobertaModel"})
_MASKED: Final = frozenset({"RobertaForMaskedLM"})
_WHISPER: Final = frozenset({"WhisperForConditionalGeneration"})


def _position_ids(table: PositionEmbedding, shelf: Shelf) -> None:
    shelf.store("position_ids", (1, table.positions))


def _pooler(table: PositionEmbedding, shelf: Shelf) -> None:
    shelf.store("pooler.weight", (table.hidden_size, table.hidden_size))
    shelf.store("pooler.bias", (table.hidden_size,))


def _biases(score: Score, shelf: Shelf) -> None:
    shelf.store("weight.bias", (score.labels,))


HEADS: Final[tuple[Rule, ...]] = (
    Store(
        name="no head of masked tokens",
        source="models/transformers.py: AutoModel of what SGLang has no class for",
        tensors=(
            *("text/after/projection.weight", "text/after/projection.weight.bias"),
            *("text/after/norm.weight", "text/after/norm.weight.bias", "head.weight", "head.bias"),
        ),
        architectures=_MASKED,
        absent=True,
        note="the head of masked tokens is not loaded",
    ),
    Beside(
        name="pooler in place of a head of masked tokens",
        source="models/transformers.py: AutoModel of what SGLang has no class for",
        kind="model/inputs/position_embedding",
        put=_pooler,
        architectures=_MASKED,
    ),
    Store(
        name="no pooler",
        source="models/bert.py, models/roberta.py: pooler",
        tensors=("model/outputs/projection.weight", "model/outputs/projection.weight.bias"),
        architectures=frozenset({"BertModel", "Contriever", "XLMRobertaModel"}),
        absent=True,
        note="the pooler's projection is not loaded",
    ),
    Store(
        name="tables of positions and of kinds of tokens",
        source="models/bert.py, BertEmbedding: VocabParallelEmbedding",
        tensors=("position_embedding.weight",),
        architectures=_BERT,
        over="all",
        rows_to=64,
        note="tables of positions and of kinds of tokens are padded to multiples of 64, and split",
    ),
    Beside(
        name="numbers of positions",
        source="models/bert.py, models/roberta.py: position_ids",
        kind="model/inputs/position_embedding",
        put=_position_ids,
        architectures=_BERT | _ROBERTA,
    ),
    Store(
        name="embedding without padding",
        source="models/whisper.py: embed_tokens; models/clip.py: token_embedding",
        tensors=("embedding.weight",),
        architectures=_WHISPER | {"CLIPModel"},
    ),
    Store(
        name="no confidence of drafts",
        source="models/dspark.py, build_confidence_head: read_ragged_verify_mode",
        tensors=("markov_head.confidence", "markov_head.confidence.bias"),
        absent=True,
        note="the confidence of drafts is not loaded, unless blocks of several lengths are verified",
    ),
    Beside(
        name="biases of scores",
        source="models/qwen2_classification.py, models/qwen3_classification.py: score",
        kind="score",
        put=_biases,
        architectures=frozenset({"Qwen2ForSequenceClassification", "Qwen3ForSequenceClassification"}),
        note="scores have biases, which checkpoints have not",
    ),
    Split(
        name="head of all ranks",
        source="models/whisper.py: proj_out",
        part="head",
        over="all_apart",
        architectures=_WHISPER,
    ),
)
