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
    from llmsim_adapters.spec.model import Stack

_NOTES: Final = ("parameters", "gaps", "unmodelled", "without_effect", "_read", "_children")
"""What a reader keeps of a dialect's reading."""
_TIES: Final = ("whole", "text", "either", "never", "apart", "part")


def guarded(dialect: Dialect, guest: Guest, kinds: Collection[type]) -> Dialect:
    """Return a dialect of the same type whose code runs isolated.

    It reads from a copy, so that it can't change the config, and one that was abandoned can't change the answer; so do
    its towers. Where it fails, the reading has a gap that says why, and no spec. `kinds` are the components with a
    lowering.
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
            _failed(r, "dialect", f"the dialect of `{printable(r.model_type)}`", error)
            return ModelSpec(r.model_type, ())
        _take_over(r, working)
        return ModelSpec(r.model_type, ()) if r.invalid else spec

    def towers(whole: Reader, text: Reader) -> tuple[Stack, ...]:
        assert made is not None
        make = made

        def call() -> tuple[Reader, Reader, tuple[Stack, ...]]:
            ours, inner = copy.deepcopy((whole, text))  # at once: they share what they note, or are the same
            answer = tuple(make(ours, inner))
            soundness.reader(ours)
            soundness.reader(inner)
            return ours, inner, () if ours.invalid or inner.invalid else soundness.towers(answer, kinds)

        try:
            ours, inner, stacks = guest.run(call)
        except PluginError as error:
            _failed(whole, "towers", f"what the dialect of `{model_type}` says of its towers", error)
            return ()
        for r, working in {id(r): (r, working) for r, working in ((whole, ours), (text, inner))}.values():
            _take_over(r, working)
        return stacks

    model_type, made = str.__str__(dialect.model_type), dialect.towers
    if not (made is None or callable(made)):
        message = f"`towers` of the dialect is {printable(repr(made), 60)}; expected a function of two readers"
        raise PluginError(message)
    if dialect.ties not in _TIES:
        message = f"`ties` of the dialect is {printable(repr(dialect.ties), 60)}; expected one of {', '.join(_TIES)}"
        raise PluginError(message)
    (text_config,) = _words("text_config", (dialect.text_config,))
    return Dialect(
        model_type=model_type,
        read=read,
        defaults=dict(dialect.defaults),
        aliases=_texts("aliases", dialect.aliases),
        costless=_texts("costless", dialect.costless),
        causal_lm=_words("causal_lm", dialect.causal_lm),
        text_only=_words("text_only", dialect.text_only),
        text_config=text_config,
        without_text=dict(dialect.without_text),
        fills_text=dialect.fills_text is True,
        towers=None if made is None else towers,
        ties=dialect.ties,
        classes=_words("classes", dialect.classes),
        disputed=_texts("disputed", dialect.disputed),
    )


def _take_over(r: Reader, working: Reader) -> None:
    """Put what a copy of a reader noted in place of what the reader has; others may share what is noted there."""
    for name in _NOTES:
        notes, found = getattr(r, name), getattr(working, name)
        notes.clear()
        (notes.extend if isinstance(notes, list) else notes.update)(found)


def _failed(r: Reader, name: str, what: str, error: PluginError) -> None:
    r.gaps.append(Gap(GapKind.PLUGIN_ERROR, name, f"{what} failed: {error}"))
    r.mark(*r.raw)  # what code that failed did not read says nothing


def _words(name: str, found: object) -> tuple[str, ...]:
    if not isinstance(found, tuple):
        message = f"`{name}` of the dialect is not a tuple"
        raise PluginError(message)
    return tuple(_texts(name, dict.fromkeys(found, "")))


def _texts(name: str, found: object) -> dict[str, str]:
    if not isinstance(found, dict):
        message = f"`{name}` of the dialect is not a dictionary"
        raise PluginError(message)
    if not all(isinstance(text, str) for pair in found.items() for text in pair):
        message = f"`{name}` of the dialect has something other than strings"
        raise PluginError(message)
    return {str.__str__(key): str.__str__(value) for key, value in found.items()}
