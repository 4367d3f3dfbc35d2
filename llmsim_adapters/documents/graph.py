"""A schedule, and the parts and figures of its graph."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from llmsim_adapters.documents.strict import Strict


class ScheduleDocument(Strict):
    """The step of inference that the figures are of: `Schedule.to_dict()`."""

    batch_size: int
    seq_len: int
    context_len: int
    mode: Literal["extend", "decode"]
    tp_size: int
    dp_size: int
    ep_size: int
    moe_tp: bool | None
    redundant_experts: int
    deepep: bool
    dense_fully_dp: bool
    logits: Literal["last", "all"]
    mtp: bool
    engine: str
    engine_options: dict[str, bool | int | str | None]
    dtype: str
    weight_dtype: str | None
    activation_dtype: str | None
    kv_cache_dtype: str | None
    images: list[list[int]] = Field(description="height and width of each picture of a sequence, in pixels")
    videos: list[list[int]] = Field(description="frames, height and width of each video of a sequence")
    audio_seconds: list[float]
    preprocessed: bool = Field(description="whether sizes of media are those that the encoder gets")
    encoder_len: int = Field(description="length of an encoder's output that tokens attend to; 0: that of the media")
    instruction_len: int = Field(
        description="tokens that an encoder reads of the instruction; 0: as many as stand beside media"
    )


class MediaDocument(Strict):
    """A picture, video or sound of a sequence, as the model's encoder sees it."""

    kind: Literal["image", "video", "audio"]
    given: list[float]
    seen: list[float] = Field(description="after resizing, tiling and padding")
    patches: int = Field(description="patches or frames that are embedded")
    tokens: int = Field(description="rows that it becomes in the sequence of the language model")
    text: int = Field(description="tokens beside them that mark rows, tiles or ends")
    attended: int = Field(description="rows of the encoder's output that tokens attend to by cross attention")


class TotalsDocument(Strict):
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


class KvCacheDocument(Strict):
    """The key/value cache of one sequence."""

    tokens: int
    formats: list[str] = Field(description="the number formats in it")
    reserve: bool = Field(description="whether windowed layers are kept in full: no window-aware paging")
    elements: int
    bytes: int
    rank_bytes: int = Field(description="on one rank of those that work on the sequence")


class CacheDocument(Strict):
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
    windowed: bool = Field(description="in a pool of its own, which reserves no more than the window")
    page: int = Field(description="entries of a page of what is reserved")
    idle: bool = Field(description="only set aside by the engine, and never used")
    per_token: int = Field(description="entries of one token, where it has several")


class OperatorDocument(Strict):
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


class WeightDocument(Strict):
    """A tensor, `count` sets of it in the model, each in `ways` parts on as many ranks."""

    name: str
    shape: list[int]
    count: int
    dtype: str
    role: Literal["parameter", "buffer", "scale", "stored"] = Field(description="stored: the engine's alone")
    sharding: str
    stack: str
    block: str
    ways: int
    copied: int = Field(description="elements of a set that are in no part, and on every rank")
    rank_shape: list[int] | None = Field(description="of a set on one rank; null: an even part")
    rank_dtype: str | None = Field(description="its format on a rank; null: the checkpoint's")
    elements: int
    bytes: int
    rank_bytes: int = Field(description="of one rank")


class TransferDocument(Strict):
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


class LineDocument(Strict):
    """A summand of a figure."""

    of: str
    shape: str
    formula: str = Field(description="a Python expression of the names, `min`, `max` and `ceil_div`")
    value: int
    component: str
    formats: list[str] = Field(description="the number formats in it")


Scope = Literal["model", "rank", "step of one rank", "sequence", "sequence on one rank"]


class MeaningDocument(Strict):
    """What a figure is."""

    unit: Literal["elements", "bytes", "FLOPs"]
    of: Scope = Field(description="of what it is; a step is what one rank does in the step of the schedule")
    formats: list[str] = Field(description="the number formats in it, those of most of it first")


class FigureDocument(Strict):
    """A total: the sum of its lines."""

    name: str
    unit: str
    value: int
    of: Scope = Field(description="of what it is; a step is what one rank does in the step of the schedule")
    formats: list[str] = Field(description="the number formats in it, those of most of it first")
    lines: list[LineDocument]


class ComparedFigureDocument(MeaningDocument):
    """A figure of one side of a comparison."""

    name: str
    value: int


class NameDocument(Strict):
    """A name in the formulas."""

    name: str
    value: int
    origin: str = Field(description="the config's key, the schedule's field, or the derivation that it is")


class WorkingDocument(Strict):
    """Every figure down to weight or operator, shape, formula and config key: `Working.to_dict()`."""

    figures: list[FigureDocument]
    names: list[NameDocument]
    notes: list[str] = Field(description="what one may not expect of the schedule and its engine")
