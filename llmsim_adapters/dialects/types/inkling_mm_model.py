"""Inkling under its publisher's type: its language model, and encoders that no dialect reads yet.

Source: SGLang's `InklingMMConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import inkling_model

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(_: Reader, __: Reader) -> Iterable[Stack]:
    return ()


DIALECT = inkling_model.DIALECT.like("inkling_mm_model", text_config="text_config", towers=towers)
