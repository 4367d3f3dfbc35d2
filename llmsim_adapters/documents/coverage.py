"""What builders make of a model."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from llmsim_adapters.documents.strict import Strict
from llmsim_adapters.evaluation.status import Evidence, Status
from llmsim_adapters.gap import GapKind
from llmsim_adapters.spec.category import Category


class ImpactDocument(Strict):
    """The builder's figures without the feature, divided by the right ones."""

    parameters: float
    flops: float = Field(description="of a prefill of `tokens` tokens")
    kv_cache: float = Field(description="of one sequence of `tokens` tokens")
    tokens: int


class GapDocument(Strict):
    """What stands between a config and a graph that is known to be right."""

    kind: GapKind
    name: str = Field(description="the parameter, feature or key that it is about")
    detail: str
    impact: ImpactDocument | None = Field(description="null where it is unknown")


class ClaimDocument(Strict):
    """What one builder says of the model."""

    builder: str
    claims: bool
    asserted: bool = Field(description="the builder's own code says more than its requirements do")
    builds_itself: bool = Field(description="the builder's own code makes the graph")
    missing_parameters: list[str]
    gaps: list[GapDocument]


class ParameterDocument(Strict):
    """A canonical parameter."""

    value: JsonValue
    key: str | None = Field(description="the dotted path of the config's key; null where it has none")
    origin: Literal["given", "aliased", "defaulted", "derived"]


class AnswerDocument(Strict):
    """What one source said."""

    source: str
    kind: str = Field(description="a word for programs")
    message: str = Field(description="a sentence for people")


class SourceDocument(Strict):
    """Where the config came from, and what the sources asked before said."""

    source: str
    location: str
    repo_id: str | None
    revision: str | None
    answers: list[AnswerDocument]


class CoverageDocument(Strict):
    """What the builders make of one model: `Coverage.to_dict()`."""

    status: Status
    category: Category | None
    builder: str | None
    evidence: Evidence
    counted: bool = Field(description="an external total of the model is the graph's, whatever code made that")
    proven: bool = Field(description="a recorded proof of the checkpoint is of the graph, whatever code made that")
    served: bool = Field(description="SGLang's own classes hold how models of its architecture are laid out over ranks")
    architecture: str
    model_type: str
    language_model_path: str = Field(description="where a composite config has its language model; empty at the top")
    gaps: list[GapDocument] = Field(description="the best claim's and the model's own")
    claims: list[ClaimDocument] = Field(description="one of each builder, best first")
    parameters: dict[str, ParameterDocument]
    without_effect: dict[str, str] = Field(description="keys that were read and change nothing, with the reason")
    notes: list[str] = Field(description="what one may not expect of the answer, and is no gap")
    source: SourceDocument
