"""The documents of layouts: what models differ in under them, and what fits."""

from __future__ import annotations

from pydantic import Field, JsonValue

from llmsim_adapters.documents.coverage import GapDocument
from llmsim_adapters.documents.graph import ComparedFigureDocument, ScheduleDocument
from llmsim_adapters.documents.strict import Document, Strict
from llmsim_adapters.evaluation.status import Status


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


class ComparisonDocument(Document):
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


class FitDocument(Document):
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
