"""The document of a census: its sums."""

from __future__ import annotations

from pydantic import Field

from llmsim_adapters.documents.strict import Document, Strict


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


class CensusDocument(Document):
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
