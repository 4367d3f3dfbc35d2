"""The schema of the JSON output: what every document has, field by field.

`llmsim-adapters schema` prints it. Only that imports this module: the documents themselves are written by the
`to_dict` of what they show, and the test suite holds them to this schema. Fields may be added under the same
`schema_version`; a field that goes or means something else raises it.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from llmsim_adapters.evaluation.status import Evidence, Status
from llmsim_adapters.gap import GapKind
from llmsim_adapters.spec.category import Category

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
"""The dialect of JSON schema that these schemas are in."""

Counted = Literal["parameters", "buffers", "mtp"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ImpactDocument(_Strict):
    """The builder's figures without the feature, divided by the right ones."""

    parameters: float
    flops: float = Field(description="of a prefill of `tokens` tokens")
    kv_cache: float = Field(description="of one sequence of `tokens` tokens")
    tokens: int


class GapDocument(_Strict):
    """What stands between a config and a graph that is known to be right."""

    kind: GapKind
    name: str = Field(description="the parameter, feature or key that it is about")
    detail: str
    impact: ImpactDocument | None = Field(description="null where it is unknown")


class ClaimDocument(_Strict):
    """What one builder says of the model."""

    builder: str
    claims: bool
    asserted: bool = Field(description="the builder's own code says more than its requirements do")
    missing_parameters: list[str]
    gaps: list[GapDocument]


class ParameterDocument(_Strict):
    """A canonical parameter."""

    value: JsonValue
    key: str | None = Field(description="the dotted path of the config's key; null where it has none")
    origin: Literal["given", "aliased", "defaulted", "derived"]


class AnswerDocument(_Strict):
    """What one source said."""

    source: str
    kind: str = Field(description="a word for programs")
    message: str = Field(description="a sentence for people")


class SourceDocument(_Strict):
    """Where the config came from, and what the sources asked before said."""

    source: str
    location: str
    repo_id: str | None
    revision: str | None
    answers: list[AnswerDocument]


class CoverageDocument(_Strict):
    """What the builders make of one model: `Coverage.to_dict()`."""

    status: Status
    category: Category | None
    builder: str | None
    evidence: Evidence
    architecture: str
    model_type: str
    language_model_path: str = Field(description="where a composite config has its language model; empty at the top")
    gaps: list[GapDocument] = Field(description="the best claim's and the model's own")
    claims: list[ClaimDocument] = Field(description="one of each builder, best first")
    parameters: dict[str, ParameterDocument]
    without_effect: dict[str, str] = Field(description="keys that were read and change nothing, with the reason")
    source: SourceDocument


class ScheduleDocument(_Strict):
    """The step of inference that the figures are of: `Schedule.to_dict()`."""

    batch_size: int
    seq_len: int
    context_len: int
    mode: Literal["extend", "decode"]
    tp_size: int
    dp_size: int
    ep_size: int
    moe_tp: bool
    deepep: bool
    dense_fully_dp: bool
    logits: Literal["last", "all"]
    mtp: bool
    weight_dtype: str | None
    activation_dtype: str | None
    kv_cache_dtype: str | None


class LineDocument(_Strict):
    """A summand of a figure."""

    of: str
    shape: str
    formula: str = Field(description="a Python expression of the names, `min`, `max` and `ceil_div`")
    value: int


class FigureDocument(_Strict):
    """A total: the sum of its lines."""

    name: str
    unit: str
    value: int
    lines: list[LineDocument]


class NameDocument(_Strict):
    """A name in the formulas."""

    name: str
    value: int
    origin: str = Field(description="the config's key, the schedule's field, or the derivation that it is")


class WorkingDocument(_Strict):
    """Every figure down to weight or operator, shape, formula and config key: `Working.to_dict()`."""

    figures: list[FigureDocument]
    names: list[NameDocument]


class _Document(_Strict):
    schema_version: Literal[1]


class ExplanationDocument(_Document):
    """The output of `llmsim-adapters explain`."""

    source: str
    coverage: CoverageDocument
    builder: str | None = Field(description="the builder that the working is of")
    schedule: ScheduleDocument
    working: WorkingDocument | None = Field(description="null where no builder can model the model")


class CountsDocument(_Strict):
    """How many models there are of each status."""

    total: int
    fully: int
    partially: int
    unsupported: int


class TotalDocument(_Strict):
    """A total that others published or measured."""

    value: int
    source: str
    kind: Literal["published", "generated_reference"]
    counts: list[Counted] = Field(description="what it includes")


class RowDocument(_Strict):
    """A model of a report."""

    family: str
    name: str
    source: str
    total: TotalDocument | None
    coverage: CoverageDocument


class ReportDocument(_Document):
    """The output of `llmsim-adapters coverage`; without `schema_version`, `Report.to_dict()`."""

    registry: str
    title: str
    counts: CountsDocument
    overall_coverage: float = Field(description="fully or partially supported models, in percent of all")
    full_coverage: float = Field(description="fully supported models, in percent of all")
    categories: dict[str, CountsDocument]
    models: list[RowDocument]


class TotalsDocument(_Strict):
    """The figures of a graph."""

    parameters: int = Field(description="elements of trainable weights, tied ones once, without multi-token prediction")
    mtp_parameters: int
    buffers: int
    active_parameters: int
    flops: int = Field(description="attention in full, as torch's flop counter counts")
    flops_executed: int = Field(description="for the pairs of tokens that causality and windows leave")
    weight_bytes: int = Field(description="of one rank")
    transfer_bytes: int = Field(description="that one rank sends")
    kv_cache_elements_per_token: int = Field(description="marginal, where windowed layers are full")
    state_elements_per_sequence: int


class KvCacheDocument(_Strict):
    """The key/value cache of one sequence."""

    tokens: int
    reserve: bool = Field(description="whether windowed layers are kept in full: no window-aware paging")
    elements: int
    bytes: int
    rank_bytes: int = Field(description="on one rank of those that work on the sequence")


class CacheDocument(_Strict):
    """The cache of the layers that keep the same thing."""

    kind: Literal["key_value", "latent", "indexer", "state"]
    stack: str
    block: str
    layers: int
    elements_per_entry: int
    window: int | None
    dtype: str
    sharding: str
    shared_with: int
    stride: int = Field(description="tokens of one entry")
    prompt: int
    ways: int = Field(description="in how many parts an entry is, on as many ranks")
    copied: int = Field(description="elements of an entry that are on every rank")
    from_encoder: bool = Field(description="the entries are those of the tokens of an encoder's output")


class OperatorDocument(_Strict):
    """An operator: `batch` products of (m, k) with (k, n), run `repeat` times."""

    name: str
    kind: Literal["linear", "attention", "convolution", "recurrence", "lookup", "norm"]
    stack: str
    block: str
    m: int
    n: int
    k: int
    batch: int
    repeat: int
    input_dtype: str
    operand_dtype: str
    output_dtype: str
    operand_elements: int
    flops: int
    flops_executed: int
    bytes: int


class WeightDocument(_Strict):
    """A tensor, `count` sets of it in the model, each in `ways` parts on as many ranks."""

    name: str
    shape: list[int]
    count: int
    dtype: str
    role: Literal["parameter", "buffer", "scale"]
    sharding: str
    stack: str
    block: str
    ways: int
    copied: int = Field(description="elements of a set that are in no part, and on every rank")
    elements: int
    bytes: int
    rank_bytes: int = Field(description="of one rank")


class TransferDocument(_Strict):
    """What one of `ranks` sends in `repeat` executions: `rows` of `width` numbers, `copies` times."""

    name: str
    kind: Literal["all_reduce", "all_gather", "dispatch", "combine"]
    stack: str
    block: str
    rows: int
    width: int
    copies: int
    dtype: str
    ranks: int
    repeat: int
    payload: int = Field(description="bytes that one rank holds, once")
    bytes: int = Field(description="that one rank sends in all executions")


class GraphDocument(_Document):
    """The output of `llmsim-adapters build`."""

    source: str
    category: Category | None
    builder: str
    gaps: list[GapDocument] = Field(description="not empty where the builder models less than the config says")
    schedule: ScheduleDocument
    totals: TotalsDocument
    kv_cache: list[KvCacheDocument]
    caches: list[CacheDocument]
    operators: list[OperatorDocument]
    weights: list[WeightDocument]
    transfers: list[TransferDocument]
    notes: list[str] = Field(description="what the schedule asks for and the model has no use for")


class BuilderDocument(_Strict):
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


class BrokenDocument(_Strict):
    """A plugin, or a part of one, that is not used."""

    entry_point: str
    distribution: str
    version: str
    error: str


class BuildersDocument(_Document):
    """The output of `llmsim-adapters builders`."""

    builders: list[BuilderDocument]
    broken: list[BrokenDocument]


SCHEMAS: Final[dict[str, type[BaseModel]]] = {
    "report": ReportDocument,
    "explanation": ExplanationDocument,
    "graph": GraphDocument,
    "builders": BuildersDocument,
    "coverage": CoverageDocument,
    "working": WorkingDocument,
}
"""Every document, and the parts that the Python interface returns by themselves, by name."""


def schema_of(name: str) -> dict[str, Any]:
    """Return the JSON schema of a document."""
    return {"$schema": DIALECT, **SCHEMAS[name].model_json_schema()}
