"""Residual connections of several streams, with weights that are made of the streams themselves."""

from __future__ import annotations

from typing import ClassVar

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Component


@dataclass(frozen=True, slots=True, kw_only=True)
class HyperConnection(Component):
    """What stands in place of a residual where a token has `streams` hidden states (arXiv:2409.19606).

    Weights that are projected from all streams collapse them into what the mixers get and spread the mixers' result
    over them. With `mixes`, a matrix that is projected with these weights mixes the streams (mHC, arXiv:2512.24880).
    """

    kind: ClassVar[str] = "hyper_connection"

    hidden_size: int
    streams: int
    mixes: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HyperHead(Component):
    """Collapses the streams after the last layer into one."""

    kind: ClassVar[str] = "hyper_head"

    hidden_size: int
    streams: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LowRankHyperConnection(Component):
    """Hyper-connections whose weights, one for each feature of each stream, are made by way of `rank` numbers (Qwen 4).

    The streams are normalised before. A weight for each of them says how much it gets of the mixers' result; after the
    last layer, where nothing is added, the connection only collapses them: it does not `inject`.
    """

    kind: ClassVar[str] = "low_rank_hyper_connection"
    normalises: ClassVar[bool] = True

    hidden_size: int
    streams: int
    rank: int
    injects: bool = True
