"""A dialect: how one `model_type` says in its config what the model is."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, Literal

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.dialects.keys.aliases import CANONICAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec, Stack

    Towers = Callable[[Reader, Reader], Iterable[Stack]]


@dataclass(frozen=True, slots=True, eq=False)
class Dialect:
    """The way of one model type.

    Attributes:
        model_type: the value of `model_type` in its configs.
        read: makes the spec from a reader; what it doesn't read is an unread key.
        defaults: what the type takes for a canonical parameter that a config leaves out; null where that means
            "derived" or "none".
        aliases: canonical names of spellings that mean something else in this type than in the alias table.
        costless: keys of this type alone that can't change a figure, each with the reason; keys of the language model's
            level, which its own type has no use for, under dotted names.
        neutral: of these, keys that cost nothing under one value alone, which is here: another class of the type reads
            them, as an engine's own. Under another value they are unread.
        causal_lm: architectures with a language-model head whose name does not say so.
        text_only: architectures that are the language model alone, whatever a config has beside it.
        text_config: the key of the language model's config in one of the whole model; empty: its keys stand at the top.
        without_text: what the type takes, in place of `defaults`, where the whole config has no such key at all.
        fills_text: whether that is also what the class takes for keys that the language model's config leaves out.
        towers: makes the stacks beside the language model from the reader of the whole config and that of the language
            model's; see `llmsim_adapters.dialects.assembly.tower`.
        classes: architectures of the type that are not called after it.
        disputed: canonical parameters that two classes of this one type leave to different values, with what each
            takes: without the key, nobody knows.
        of_whole: keys that stand beside the language model's config, in that of the whole, and are read with its own.
        note: what the type's figures are of, where its class of transformers allocates something else.
        plain_towers: whether encoders are never quantized, whatever a checkpoint declares of its linear layers.
        ties: whose `tie_word_embeddings` says whether the head is tied: that of the `whole` config, of the language
            model's (`text`), `either` of them, that of the `part` of the whole that the language model's is in, or
            nobody's (`never`); `apart`: that of the whole, and the language model's is about tables of its own.
    """

    model_type: str
    read: Callable[[Reader], ModelSpec]
    defaults: Mapping[str, Any]
    aliases: Mapping[str, str] = field(default_factory=dict)
    costless: Mapping[str, str] = field(default_factory=dict)
    neutral: Mapping[str, object] = field(default_factory=dict)
    causal_lm: tuple[str, ...] = ()
    text_only: tuple[str, ...] = ()
    text_config: str = ""
    without_text: Mapping[str, Any] = field(default_factory=dict)
    fills_text: bool = False
    towers: Towers | None = None
    ties: Literal["whole", "text", "either", "never", "apart", "part"] = "whole"
    classes: tuple[str, ...] = ()
    disputed: Mapping[str, str] = field(default_factory=dict)
    of_whole: tuple[str, ...] = ()
    note: str = ""
    plain_towers: bool = False
    canonical: Mapping[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        canonical = {**CANONICAL, **self.aliases} if self.aliases else CANONICAL
        object.__setattr__(self, "canonical", canonical)

    @property
    def costless_inside(self) -> Mapping[str, str]:
        """The keys of the language model's level that cost nothing in a whole of this type."""
        start = f"{self.text_config}."
        return {key[len(start) :]: why for key, why in self.costless.items() if key.startswith(start)}

    def like(
        self,
        model_type: str,
        *,
        read: Callable[[Reader], ModelSpec] | None = None,
        aliases: Mapping[str, str] | None = None,
        costless: Mapping[str, str] | None = None,
        neutral: Mapping[str, object] | None = None,
        causal_lm: tuple[str, ...] = (),
        text_only: tuple[str, ...] = (),
        text_config: str = "",
        without_text: Mapping[str, Any] | None = None,
        fills_text: bool = False,
        towers: Towers | None = None,
        plain_towers: bool | None = None,
        ties: Literal["whole", "text", "either", "never", "apart", "part"] | None = None,
        classes: tuple[str, ...] = (),
        disputed: Mapping[str, str] | None = None,
        of_whole: tuple[str, ...] = (),
        note: str = "",
        **defaults: Any,
    ) -> Dialect:
        """Return the dialect of a type that differs from this one in the defaults and arguments given."""
        return replace(
            self,
            model_type=model_type,
            read=read or self.read,
            defaults={**self.defaults, **defaults},
            aliases={**self.aliases, **(aliases or {})},
            costless={**self.costless, **(costless or {})},
            neutral={**self.neutral, **(neutral or {})},
            causal_lm=causal_lm or self.causal_lm,
            text_only=text_only or self.text_only,
            text_config=text_config or self.text_config,
            without_text=without_text or self.without_text,
            fills_text=fills_text or self.fills_text,
            towers=towers or self.towers,
            plain_towers=self.plain_towers if plain_towers is None else plain_towers,
            ties=ties or self.ties,
            classes=classes,
            disputed=disputed or {},
            of_whole=of_whole,
            note=note,
        )

    def taking(self, why: str, **sizes: int) -> Dialect:
        """Return the dialect of a part whose class takes sizes from the whole, whatever the part's own config says.

        `why` is the reason that what it says costs nothing.
        """
        keys = [*sizes, *[key for key, name in self.aliases.items() if name in sizes]]
        return replace(
            self,
            defaults={**self.defaults, **sizes},
            aliases={**self.aliases, **{key: f"said_{key}" for key in keys}},
            costless={**self.costless, **dict.fromkeys(keys, why)},
        )
