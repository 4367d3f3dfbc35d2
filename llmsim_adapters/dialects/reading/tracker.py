"""What is known of the keys of one level of a config: which were read, as what, and what is wrong with them.

Problems are collected, not raised: a bad value is noted as a gap and reading goes on with a stand-in, so that one
answer names every bad key. A reading with such a gap has no spec.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.keys.costless import COSTLESS
from llmsim_adapters.dialects.keys.kinds import KINDS, SPELLED, implausible
from llmsim_adapters.dialects.keys.neutral import says_nothing
from llmsim_adapters.dialects.keys.parts import PART_OF
from llmsim_adapters.dialects.reading.limits import cut
from llmsim_adapters.dialects.reading.reading import Origin, Outvoted, Parameter
from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

MISSING: Final = object()

LANGUAGE_MODELS: Final = ("text_config", "llm_config", "llm_cfg", "language_config", "thinker_config", "decoder")
"""Keys under which language models are, or under which such keys are, by custom."""
LANGUAGE_HEADS: Final = ("ForCausalLM", "LMHeadModel", "ForConditionalGeneration")
"""How the names of architectures with a language-model head end."""
WITHOUT_HEAD: Final = (
    "Contriever",
    *("TransformersForSequenceClassification", "TransformersMoEForSequenceClassification"),
    *("TransformersMultiModalForSequenceClassification", "TransformersMultiModalMoEForSequenceClassification"),
)
"""Architectures without any head, whose names do not say so.

Contriever is BERT's body. SGLang's `transformers.py` pools hidden states, and drops what a checkpoint has of a head.
"""
_WORDS: Final = frozenset({*COSTLESS, *PART_OF, "model_type", "architectures", *LANGUAGE_MODELS})
"""Keys that are read, or known to be of no effect, without being any type's parameter."""
_INERT: Final = tuple([key for key in COSTLESS if key in SPELLED])
"""Keys without a cost in any type of which something is known."""
_DRAFTS: Final = ("NextN", "MTP", "DSpark", "DraftModel", "ForCausalLMEagle", "ForCausalLMEagle3")
"""How the names of architectures end that draft tokens for a target model."""
_PREDICTION_MODULES: Final = ("NextN", "MTP")
"""How the names of architectures end that are prediction modules of a target, whose config they take."""
_FOR_SOMETHING: Final = re.compile(r"For[A-Z]\w*Model$")  # Qwen2ForRewardModel is no Qwen2Model

_FATAL: Final = (GapKind.INVALID_CONFIG, GapKind.MISSING_PARAMETER, GapKind.PLUGIN_ERROR)
_parameter: Final[Callable[[tuple[str, Any, str | None, Origin]], Parameter]] = partial(tuple.__new__, Parameter)
"""Makes a parameter in half the time of its class: reading does little else."""
_GIVEN, _ALIASED, _DEFAULTED = Origin.GIVEN, Origin.ALIASED, Origin.DEFAULTED


class Tracker:
    """Keeps account of the keys of one level of a config, by canonical parameter."""

    __slots__ = (
        "_by_name",
        "_children",
        "_costless",
        "_defaults",
        "_left_out",
        "_namespace",
        "_neutral",
        "_read",
        "_sizes",
        "_stem",
        "_traced",
        "architecture",
        "broken_files",
        "causal_lm",
        "files",
        "gaps",
        "has_parts",
        "model_type",
        "outvoted",
        "parameters",
        "prefix",
        "raw",
        "unmodelled",
        "without_effect",
    )

    def __init__(
        self,
        raw: Mapping[str, Any],
        canonical: Mapping[str, str],
        defaults: Mapping[str, Any],
        *,
        prefix: str = "",
        traced: bool = False,
    ) -> None:
        self.raw, self._left_out = cut(raw, canonical, defaults, _WORDS)
        raw = self.raw
        self.prefix = prefix
        self.model_type = ""
        self.architecture = ""
        self.causal_lm: tuple[str, ...] = ()
        self.has_parts = False  # whether a class that is called as the language model alone has the other parts too
        self.files: Mapping[str, Mapping[str, Any]] = {}
        self.broken_files: Mapping[str, str] = {}
        self.parameters: dict[str, Parameter] = {}
        self.gaps: list[Gap] = []
        self.unmodelled: list[str] = []
        self.without_effect: dict[str, str] = {}
        self.outvoted: list[Outvoted] = []
        self._defaults = defaults
        self._traced = traced
        self._namespace = ""
        self._stem = ""
        self._costless: Mapping[str, str] | None = None
        self._neutral: Mapping[str, object] = {}
        self._children: list[Tracker] = []
        self._read: set[str] = set()
        self._sizes: dict[str, int] = {}
        names = [*map(canonical.get, raw, raw)]
        self._by_name: dict[str, tuple[str, ...]] = dict(zip(names, zip(raw), strict=True))
        if len(self._by_name) < len(names):  # several keys say one parameter
            self._by_name = {}
            for key, name in zip(raw, names, strict=True):
                self._by_name[name] = (*self._by_name.get(name, ()), key)

    @property
    def invalid(self) -> bool:
        """Whether something is so wrong that there is no spec."""
        return any(gap.kind in _FATAL for gap in self.gaps)

    @property
    def sees_both_ways(self) -> bool:
        """Whether the architecture is one of the embedding models that take a decoder's causal masks away."""
        return "Bidirectional" in self.architecture

    @property
    def predicts_alone(self) -> bool:
        """Whether the architecture is a target's prediction module by itself, as servers name such draft models."""
        return self.architecture.endswith(_PREDICTION_MODULES)

    @property
    def drafts(self) -> bool:
        """Whether the architecture is a draft model by its name, whose config may be the target's."""
        return self.architecture.endswith(_DRAFTS)

    @property
    def joins_hidden_states(self) -> bool:
        """Whether the architecture is a draft that reads a target's hidden states beside tokens (EAGLE)."""
        return self.architecture.endswith("ForCausalLMEagle")

    def has(self, name: str) -> bool:
        """Whether the config itself says something other than null about a parameter."""
        return name in self._by_name and not self._absent(name)

    def said(self, name: str) -> Any:
        """Return what the config says of a parameter, without reading it: to compare with."""
        return next((self.raw[key] for key in self._by_name.get(name, ()) if self.raw[key] is not None), None)

    def is_list(self, name: str) -> bool:
        """Whether the config says a parameter as a list, of each layer's value for instance, or leaves it to one."""
        said = [self.raw[key] for key in self._by_name.get(name, ())] or [self._defaults.get(name)]
        return list in [value.__class__ for value in said]

    def has_language_head(self) -> bool:
        """Whether the architecture ends in a language-model head; a head of another kind is noted as left out."""
        name = self.architecture
        if (
            not name
            or name in self.causal_lm
            or name.endswith(LANGUAGE_HEADS)
            or self.predicts_alone
            or self.joins_hidden_states
        ):
            return True
        if name in WITHOUT_HEAD:
            return False
        if not name.endswith("Model") or name.endswith("DoubleHeadsModel") or _FOR_SOMETHING.search(name):
            self.not_modelled(f"head_of_{printable(name, 60)}")
        return False

    def no_effect(self, names: Iterable[str], reason: str) -> None:
        """Read parameters that change nothing in this config, for a reason."""
        for name in names:
            if name in self._by_name:
                value = self._take(name)
                if name in KINDS:
                    self._require(name, value)
                for key in self._by_name[name]:
                    self.without_effect[self.prefix + key] = reason

    def has_effect(self, name: str) -> None:
        """Take back that a parameter changes nothing: a part of the model reads it that others know nothing of."""
        for key in self._by_name.get(name, ()):
            self.without_effect.pop(self.prefix + key, None)

    def no_vote(self, names: Iterable[str], by: str, what: str, holder: Tracker | None = None) -> None:
        """Read parameters in whose place another stands, a list of layers; what they say without it is held to it.

        Args:
            names: the parameters, which change nothing here.
            by: the list that wins.
            what: what it says instead.
            holder: whose parameter the list is, where it is not at this level.
        """
        said = [name for name in names if self.has(name)]
        self.no_effect(names, f"{by} says {what}")
        level = holder or self
        if said and level.has(by):
            path = tuple(level.prefix.split(".")[:-1])
            keys = tuple(self.prefix + self._by_name[name][0] for name in said)
            self.outvoted.append(Outvoted(said[0], keys, what, tuple((*path, key) for key in level._by_name[by])))

    def overruled(self, name: str, value: object, by: str) -> None:
        """Read a parameter that another key says instead; where they differ that is a gap, though one of them wins.

        Args:
            name: the parameter.
            value: what the other key says of it.
            by: the other key, as the message names it.
        """
        self.no_effect((name,), f"{by} says it")
        if self.has(name):
            key = self._by_name[name][0]
            self.contradicts(name, self.prefix + key, self.raw[key], by, value)

    def contradicts(self, name: str, key: str, said: object, by: str, value: object) -> None:
        """Note two values of one parameter in two places, of which the second is taken."""
        if said != value:
            detail = f"`{printable(key)}` = {_shown(said)} and `{printable(by)}` = {_shown(value)}: the latter is taken"
            self.gaps.append(Gap(GapKind.CONFLICTING_KEYS, name, detail))

    def set_aside(self, reason: str) -> None:
        """Mark every key of this level, and of those inside, as one of a part that is left out."""
        self.no_effect(tuple(self._by_name), reason)
        self._left_out = 0
        for child in self._children:
            child.set_aside(reason)

    def refuse(self, name: str, value: object, expected: str) -> None:
        """Note that a parameter's value can't be."""
        keys = self._by_name.get(name, (name,))
        key = next((key for key in keys if self.raw.get(key, self) is value), keys[0])
        self.refuse_key(self.prefix + key, f"is {_shown(value)}; expected {expected}")

    def refuse_key(self, key: str, message: str) -> None:
        """Note that the value under a key can't be."""
        self.gaps.append(Gap(GapKind.INVALID_CONFIG, printable(key), f"key `{printable(key)}` {message}"))

    def missing(self, name: str, expected: str) -> None:
        """Note that a config lacks a parameter which the model type can't do without."""
        detail = f"the config has no `{name}`, and its model type has no default for it; expected {expected}"
        self.gaps.append(Gap(GapKind.MISSING_PARAMETER, name, detail))

    def check(self, name: str, holds: bool, message: str | Callable[[], str]) -> None:
        """Note a value that contradicts others, unless something is wrong already.

        A message that has values in it is best a function: it is asked only where there is something to note.
        """
        if not holds and not self.invalid:
            parameter = self.parameters.get(self._namespace + name)
            said = message if isinstance(message, str) else message()
            self.refuse_key(parameter.key if parameter and parameter.key else name, said)

    def mark(self, *keys: str) -> None:
        """Mark raw keys as read."""
        self._read.update(keys)

    def stand_in(self, name: str, other: str) -> None:
        """Let the keys of another parameter say this one."""
        if other in self._by_name:
            self._by_name[name] = self._by_name[other]

    def not_modelled(self, name: str) -> None:
        """Note a part of the model that the spec leaves out."""
        self.unmodelled.append(name)

    def inferred(self, name: str, detail: str) -> None:
        """Note an assumption that nothing in the config confirms."""
        self.gaps.append(Gap(GapKind.INFERRED, name, detail))

    def unread(self, costless: Mapping[str, str], neutral: Mapping[str, object] | None = None) -> list[str]:
        """Return the dotted paths of the keys that nobody read and that are not on the list of costless ones.

        Of those on the list, the ones that are `neutral` under one value alone are among them under another.
        """
        nobodys = self.raw.keys() - self._read - COSTLESS.keys() - costless.keys()
        for key, value in (neutral or {}).items():
            if key not in self._read and self.raw.get(key) is not None and not _same(self.raw[key], value):
                nobodys.add(key)
        unread = [
            self.prefix + key for key, value in self.raw.items() if key in nobodys and not says_nothing(key, value)
        ]
        for key in (*_INERT, *costless):
            if key in SPELLED and key in self.raw and key not in self._read:
                self._require(SPELLED[key], self.raw[key], key)
        for child in self._children:
            own = costless if child._costless is None else child._costless
            unread += child.unread(own, neutral if child._costless is None else child._neutral)
        return unread

    def left_out(self) -> int:
        """Return how many further keys nobody looked at, since this level or one inside has very many."""
        return self._left_out + sum(child.left_out() for child in self._children)

    def unread_files(self) -> list[str]:
        """Return the names of the files beside the config that nobody read."""
        return [name for name in self.files if f"{name}:" not in self._read]

    def _require(self, name: str, value: object, key: str = "") -> None:
        """Note a value without effect that can't be one of the parameter."""
        expected = implausible(name, value)
        if expected is not None and key:
            self.refuse_key(self.prefix + key, f"is {_shown(value)}; expected {expected}")
        elif expected is not None:
            self.refuse(name, value, expected)

    def _absent(self, name: str) -> bool:
        keys = self._by_name.get(name)
        if keys is None:
            return self._defaults.get(name) is None
        return self.raw[keys[0]] is None and all(self.raw[key] is None for key in keys)

    def _says(self, name: str, value: str) -> bool:
        keys = self._by_name.get(name)
        if keys is None:
            return bool(self._defaults.get(name) == value)
        return self.raw[keys[0]] == value and all(self.raw[key] == value for key in keys)

    def _take(self, name: str) -> Any:
        """Return the raw value of a parameter, mark the keys that say it, and note where it is from."""
        keys = self._by_name.get(name)
        if keys is None:
            value = self._defaults.get(name, MISSING)
            if value is not MISSING:
                self.parameters[self._namespace + name] = _parameter((name, value, None, _DEFAULTED))
            return value
        key = keys[0]
        if len(keys) > 1:
            key = self._choose(name, keys)
        self._read.add(key)
        value = self.raw[key]
        origin = _GIVEN if key == name else _ALIASED
        self.parameters[self._namespace + name] = _parameter((name, value, self.prefix + key, origin))
        return value

    def _choose(self, name: str, keys: Sequence[str]) -> str:
        """Return the key that says a parameter which several keys say; a contradiction is a gap."""
        self._read.update(keys)
        said = [key for key in keys if self.raw[key] is not None] or list(keys)
        chosen = name if name in said else said[0]
        others = [key for key in said if not _same(self.raw[key], self.raw[chosen])]
        if others and self._namespace + name not in self.parameters:
            values = ", ".join(f"`{printable(key)}` = {_shown(self.raw[key])}" for key in [chosen, *others])
            self.gaps.append(Gap(GapKind.CONFLICTING_KEYS, name, f"{values} are two values of one parameter"))
        return chosen


def _same(a: object, b: object) -> bool:
    return a.__class__ is b.__class__ and a == b


def _shown(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return printable(repr(value), 60)
