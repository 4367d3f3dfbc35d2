"""The document of a proof: the tensors of files against those of a graph."""

from __future__ import annotations

from pydantic import Field

from llmsim_adapters.documents.strict import Document, Strict
from llmsim_adapters.evaluation.status import Evidence


class TensorDifferenceDocument(Strict):
    """A tensor that only the files or only the graph has, or that they have otherwise."""

    name: str = Field(description="in the files; empty where they have none")
    path: str = Field(description="in the graph: stack, position and name; empty where it is known by its file's name")
    shape: list[int]
    dtype: str
    wanted_shape: list[int] | None = Field(description="what it should be; null where only one side has it")
    wanted_dtype: str | None


class ProofDocument(Document):
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
