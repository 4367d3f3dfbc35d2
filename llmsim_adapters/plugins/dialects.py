"""A plugin's dialect made safe to read with."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.plugins import soundness
from llmsim_adapters.plugins.isolation import Guest, PluginError
from llmsim_adapters.spec.model import ModelSpec
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Collection

    from llmsim_adapters.dialects.reading.reader import Reader

_NOTES: Final = ("parameters", "gaps", "unmodelled", "without_effect", "_read", "_children")
"""What a reader keeps of a dialect's reading."""


def guarded(dialect: Dialect, guest: Guest, kinds: Collection[type]) -> Dialect:
    """Return a dialect of the same type whose code runs isolated.

    It reads from a copy, so that it can't change the config, and one that was abandoned can't change the answer.
    Where it fails, the reading has a gap that says why, and no spec. `kinds` are the components with a lowering.
    """

    def read(r: Reader) -> ModelSpec:
        def call() -> tuple[Reader, ModelSpec]:
            working = copy.deepcopy(r)
            answer = dialect.read(working)
            soundness.reader(working)
            # Values that were refused have stand-ins, and no spec comes of them; only others have to be sound.
            return working, answer if working.invalid else soundness.spec(answer, r.model_type, kinds)

        try:
            working, spec = guest.run(call)
        except PluginError as error:
            detail = f"the dialect of `{printable(r.model_type)}` failed: {error}"
            r.gaps.append(Gap(GapKind.PLUGIN_ERROR, "dialect", detail))
            r.mark(*r.raw)  # what a dialect that failed did not read says nothing
            return ModelSpec(r.model_type, ())
        for name in _NOTES:
            setattr(r, name, getattr(working, name))
        return ModelSpec(r.model_type, ()) if r.invalid else spec

    return Dialect(
        model_type=str.__str__(dialect.model_type),
        read=read,
        defaults=dict(dialect.defaults),
        aliases=_texts("aliases", dialect.aliases),
        costless=_texts("costless", dialect.costless),
        causal_lm=tuple(_texts("causal_lm", dict.fromkeys(dialect.causal_lm, ""))),
    )


def _texts(name: str, found: object) -> dict[str, str]:
    if not isinstance(found, dict):
        message = f"`{name}` of the dialect is not a dictionary"
        raise PluginError(message)
    if not all(isinstance(text, str) for pair in found.items() for text in pair):
        message = f"`{name}` of the dialect has something other than strings"
        raise PluginError(message)
    return {str.__str__(key): str.__str__(value) for key, value in found.items()}
