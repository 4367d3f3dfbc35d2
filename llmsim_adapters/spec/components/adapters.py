"""Small additions to larger parts."""

from __future__ import annotations

from typing import ClassVar

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Component


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter(Component):
    """A map of rank `rank` that is added to that of a larger matrix (arXiv:2106.09685), as to one that layers share.

    It may have biases, as one that follows a feed-forward network (arXiv:1902.00751). Of its `copies`, one is used.
    """

    kind: ClassVar[str] = "adapter"

    input_size: int
    rank: int
    output_size: int
    copies: int = 1
    bias: bool = False
