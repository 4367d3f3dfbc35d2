"""The schema of the JSON output: what every document has, field by field.

`llmsim-adapters schema` prints it. Only that imports this module: the documents themselves are written by the
`to_dict` of what they show, and the test suite holds them to this schema. Fields may be added under the same
`schema_version`; a field that goes or means something else raises it.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import BaseModel, Field, JsonValue

from llmsim_adapters.documents.coverage import CoverageDocument, GapDocument
from llmsim_adapters.documents.graph import (
    CacheDocument,
    ComparedFigureDocument,
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
from llmsim_adapters.documents.plugins import CheckDocument, NamesDocument, PluginsDocument
from llmsim_adapters.documents.strict import Strict
from llmsim_adapters.evaluation.status import Evidence, Status
from llmsim_adapters.spec.category import Category

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
"""The dialect of JSON schema that these schemas are in."""

Counted = Literal["parameters", "buffers", "mtp"]


class _Document(Strict):
    schema_version: Literal[1]


class ExplanationDocument(_Document):
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


class ReportDocument(_Document):
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


class GraphDocument(_Document):
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


class SideDocument(Strict):
    """One of what is compared."""

    source: str
    revision: str | None
    schedule: ScheduleDocument
    ranks: int = Field(description="tp_size * dp_size; figures of a rank are those of one of them")
    status: Status
    builder: str | None = Field(description="null where there is no graph, and no figures")
    gaps: list[GapDocument]
    reason: str = Field(description="why there are no figures; empty where there are")
    figures: list[ComparedFigureDocument] = Field(description="caches are those of a sequence of the schedule's length")
    parameters: dict[str, JsonValue] = Field(description="the canonical parameters of the config")


class ComparisonDocument(_Document):
    """The output of `llmsim-adapters compare`."""

    differ: list[str] = Field(description="the names of what they differ in")
    sides: list[SideDocument]


class CapacityDocument(Strict):
    """How many sequences of one length fit."""

    tokens: int
    sequences: int | None = Field(description="on all ranks together; null: as many as one likes")
    rank_sequence_bytes: int = Field(description="of caches and states of one sequence, on one rank that holds it")


class FittedDocument(Strict):
    """A layout, and what fits on each of its ranks."""

    name: str
    ranks: int = Field(description="tp_size * dp_size: the number of accelerators")
    schedule: ScheduleDocument
    rank_weight_bytes: int = Field(description="of one rank")
    rank_free_bytes: int = Field(description="of one rank, for caches and states; negative: weights alone don't fit")
    rank_state_bytes: int = Field(description="of the states of one sequence, on one rank that holds it")
    weight_formats: list[str] = Field(description="those of most of the weights first")
    cache_formats: list[str]
    longest: int | None = Field(description="tokens of the longest sequence that is alone; null: there is none")
    capacities: list[CapacityDocument]
    notes: list[str]


class RefusedDocument(Strict):
    """A layout that the engine or the model does not allow, or that brings nothing."""

    ranks: int
    schedule: ScheduleDocument
    reason: str


class WantedDocument(Strict):
    """What was asked to fit, and the layouts with the fewest ranks that hold it."""

    batch: int
    context: int
    layouts: list[ScheduleDocument]


class FitDocument(_Document):
    """The output of `llmsim-adapters fit`."""

    source: str
    builder: str
    accelerator: str
    memory: int = Field(description="bytes of one accelerator")
    utilization: float = Field(description="the part of memory that weights, caches and states may take")
    not_in_it: list[str] = Field(description="what needs memory, too")
    gaps: list[GapDocument] = Field(description="not empty where the builder models less than the config says")
    layouts: list[FittedDocument]
    refused: list[RefusedDocument]
    wanted: WantedDocument | None


class TensorDifferenceDocument(Strict):
    """A tensor that only the files or only the graph has, or that they have otherwise."""

    name: str = Field(description="in the files; empty where they have none")
    path: str = Field(description="in the graph: stack, position and name; empty where it is known by its file's name")
    shape: list[int]
    dtype: str
    wanted_shape: list[int] | None = Field(description="what it should be; null where only one side has it")
    wanted_dtype: str | None


class ProofDocument(_Document):
    """The output of `llmsim-adapters prove`; without `schema_version`, `source` and `builder`, `Proof.to_dict()`."""

    source: str
    builder: str
    equal: bool = Field(description="every tensor of the files is the graph's, and every one of the graph is there")
    location: str = Field(description="where the files are")
    evidence: Evidence = Field(description="of the model, with what was proven")
    files: int
    names_digest: str = Field(description="SHA-256 of the files' names, formats and shapes")
    graph_digest: str = Field(description="SHA-256 of the graph's formats and shapes")
    header_bytes: int = Field(description="that were read of all files")
    matched: int = Field(description="tensors of the files that are the graph's")
    fused: int = Field(description="of the matched ones, those that are several of the graph's, or part of one")
    missing: list[TensorDifferenceDocument]
    unexpected: list[TensorDifferenceDocument]
    other_shape: list[TensorDifferenceDocument]
    other_format: list[TensorDifferenceDocument]
    copies: list[str] = Field(description="embeddings and heads that the files hold a second time; no difference")
    derived: list[str] = Field(description="what a model computes from its config; no difference")
    unused: list[str] = Field(description="rows and experts that nothing reads; no difference")
    beside: list[str] = Field(description="scales of the cache, and words about quantized tensors; no difference")
    absent: list[str] = Field(description="optional parts of which the files hold nothing; no difference")
    notes: list[str]
    stored_elements: int
    stored_bytes: int
    graph_elements: int = Field(description="without those of absent parts")
    graph_bytes: int


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


class BuildersDocument(_Document):
    """The output of `llmsim-adapters builders`."""

    builders: list[BuilderDocument]
    engines: list[EngineDocument]
    broken: list[BrokenDocument]


class TallyDocument(Strict):
    """Some configs."""

    models: int
    weight: float = Field(description="of all of them; 0 where they are not weighed")


class CensusCauseDocument(Strict):
    """Why configs are not fully supported: gaps that one piece of work would do away with."""

    name: str
    meaning: str
    models: int
    alone: int = Field(description="those that have no other cause: what it would unlock")
    weight: float
    weight_alone: float
    examples: list[str] = Field(description="the first three ids")


class CensusTypeDocument(Strict):
    """A model type."""

    name: str
    models: int
    fully: int = Field(description="of them, those that are fully supported")
    weight: float
    weight_fully: float


class CensusDocument(_Document):
    """The output of `llmsim-adapters census`; without `schema_version`, `Census.to_dict()`."""

    output: str = Field(description="the file with a row for each config")
    weighed_by: str | None = Field(description="the column")
    total: TallyDocument
    statuses: dict[str, TallyDocument]
    evidence: dict[str, TallyDocument]
    errors: int = Field(description="rows that say an error: configs that can't be had or read")
    unweighed: int = Field(description="configs that say no weight, and count as nothing by it")
    causes: list[CensusCauseDocument] = Field(description="the heaviest first, then the one that most wait for")
    types: list[CensusTypeDocument] = Field(description="in the same order")


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
