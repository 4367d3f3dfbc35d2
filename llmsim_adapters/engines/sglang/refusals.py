"""What SGLang can't do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from llmsim_adapters.engines.rules import Refuse

REFUSALS: Final[tuple[Refuse, ...]] = ()
