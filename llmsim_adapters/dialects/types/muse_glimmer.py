"""Muse Glimmer: its language model, and a picture encoder that no dialect reads yet. Source: `MuseGlimmerConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import muse_glimmer_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(_: Reader, __: Reader) -> Iterable[Stack]:
    return ()


DIALECT = muse_glimmer_text.DIALECT.like("muse_glimmer", text_config="text_config", towers=towers)
