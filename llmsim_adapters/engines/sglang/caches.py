"""What SGLang keeps of a sequence, and in which pools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from llmsim_adapters.engines.rules import Keep

CACHES: Final[tuple[Keep, ...]] = ()
