"""The schema of the JSON output: what every document has, field by field.

`llmsim-adapters schema` prints it. Only that imports this module: the documents themselves are written by the
`to_dict` of what they show, and the test suite holds them to this schema. Fields may be added under the same
`schema_version`; a field that goes or means something else raises it.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import BaseModel, Field

from llmsim_adapters.documents.census import CensusDocument
from llmsim_adapters.documents.coverage import CoverageDocument, GapDocument
from llmsim_adapters.documents.graph import (
    CacheDocument,
    KvCacheDocument,
    MeaningDocument,
    MediaDocument,
    OperatorDocument,
    ScheduleDocument,
    TotalsDocument,
    TransferDocument,
    WeightDocument,
    WorkingDocument,
)
from llmsim_adapters.documents.layouts import ComparisonDocument, FitDocument
from llmsim_adapters.documents.plugins import CheckDocument, NamesDocument, PluginsDocument
from llmsim_adapters.documents.proof import ProofDocument
from llmsim_adapters.documents.strict import Document, Strict
from llmsim_adapters.spec.category import Category

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
"""The dialect of JSON schema that these schemas are in."""

Counted = Literal["parameters", "buffers", "mtp"]


class ExplanationDocument(Document):
    """The output of `llmsim-adapters explain`."""

    source: str
    coverage: CoverageDocument
    builder: str | None = Field(description="the builder that the working is of")
    schedule: ScheduleDocument
    ranks: int = Field(description="tp_size * dp_size; the figures are those of one of them")
    working: WorkingDocument | None = Field(description="null where no builder can model the model")


class CountsDocument(Strict):
    """How many models there are of each status."""

    total: int
    fully: int
    partially: int
    unsupported: int
    not_evaluated: int = Field(description="there is no config to be had; outside all percentages")


class TotalDocument(Strict):
    """A total that others published or measured."""

    value: int
    source: str
    kind: Literal["published", "generated_reference"]
    counts: list[Counted] = Field(description="what it includes")


class CauseDocument(Strict):
    """Why models are not fully supported: gaps that one piece of work would do away with."""

    name: str
    meaning: str
    models: list[str]
    alone: list[str] = Field(description="those that have no other cause: what it would unlock")


class RowDocument(Strict):
    """A model of a report."""

    family: str
    name: str
    source: str
    kind: str | None = Field(description="what is loaded under the architecture's name; null where nothing says it")
    model_type: str | None
    config: Literal["published", "derived", "class_default"] | None = Field(
        description="what the config is: a publisher's, made of such a one, or a class's defaults; null: there is none"
    )
    total: TotalDocument | None
    figures: dict[str, int] = Field(
        description="of the graph of what the files hold, by which reports are compared; empty where there is none"
    )
    coverage: CoverageDocument


class ReportDocument(Document):
    """The output of `llmsim-adapters coverage`; without `schema_version`, `Report.to_dict()`."""

    registry: str
    title: str
    counts: CountsDocument
    overall_coverage: float = Field(description="fully or partially supported models, in percent of the evaluated")
    full_coverage: float = Field(description="fully supported models, in percent of the evaluated")
    categories: dict[str, CountsDocument]
    kinds: dict[str, CountsDocument]
    families: dict[str, CountsDocument]
    evidence: dict[str, CountsDocument]
    configs: dict[str, CountsDocument] = Field(description="by where configs are from")
    causes: list[CauseDocument] = Field(description="the one first that most models wait for")
    models: list[RowDocument]


class GraphDocument(Document):
    """The output of `llmsim-adapters build`."""

    source: str
    category: Category | None
    builder: str
    gaps: list[GapDocument] = Field(description="not empty where the builder models less than the config says")
    schedule: ScheduleDocument
    totals: TotalsDocument
    meanings: dict[str, MeaningDocument] = Field(description="of what each total is")
    kv_cache: list[KvCacheDocument]
    caches: list[CacheDocument]
    operators: list[OperatorDocument]
    weights: list[WeightDocument]
    transfers: list[TransferDocument]
    ranks: int = Field(description="tp_size * dp_size; the figures are those of one of them")
    notes: list[str] = Field(description="what one may not expect of the schedule and its engine")
    media: list[MediaDocument] = Field(description="the pictures and sounds of each sequence")


class BuilderDocument(Strict):
    """A builder, what it needs and what it models."""

    name: str
    distribution: str
    version: str
    built_in: bool
    categories: list[Category]
    parameters: list[str] = Field(description="that a config of any category must have")
    parameters_of: dict[str, list[str]] = Field(description="further ones, by category")
    components: list[str]
    features: list[str]


class EngineOptionDocument(Strict):
    """An option of an engine."""

    name: str
    default: bool | int | str
    meaning: str
    choices: list[bool | int | str] = Field(description="the values that are modelled; empty: all of the class")


class EngineDocument(Strict):
    """An engine, its options, and the number of its rules."""

    name: str
    distribution: str
    version: str
    built_in: bool
    summary: str
    engine_version: str = Field(description="of the engine whose rules these are")
    options: list[EngineOptionDocument]
    rules: int


class BrokenDocument(Strict):
    """A plugin, or a part of one, that is not used; or is `used` and does what it should not."""

    entry_point: str
    distribution: str
    version: str
    error: str
    used: bool


class BuildersDocument(Document):
    """The output of `llmsim-adapters builders`."""

    builders: list[BuilderDocument]
    engines: list[EngineDocument]
    broken: list[BrokenDocument]


SCHEMAS: Final[dict[str, type[BaseModel]]] = {
    "report": ReportDocument,
    "explanation": ExplanationDocument,
    "graph": GraphDocument,
    "builders": BuildersDocument,
    "comparison": ComparisonDocument,
    "fit": FitDocument,
    "proof": ProofDocument,
    "census": CensusDocument,
    "plugins": PluginsDocument,
    "check": CheckDocument,
    "names": NamesDocument,
    "coverage": CoverageDocument,
    "working": WorkingDocument,
}
"""Every document, and the parts that the Python interface returns by themselves, by name."""


def schema_of(name: str) -> dict[str, Any]:
    """Return the JSON schema of a document."""
    return {"$schema": DIALECT, **SCHEMAS[name].model_json_schema()}
