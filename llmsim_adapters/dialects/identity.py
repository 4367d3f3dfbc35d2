"""Which model a config says it is: its type and its class, and where these don't go together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.keys.spelled import takes
from llmsim_adapters.dialects.reading.find import (
    ARCHITECTURE_OF_TYPE,
    DIALECT_OF_ARCHITECTURE,
    TYPE_OF_ARCHITECTURE,
    bare,
    built_in,
    find,
)
from llmsim_adapters.dialects.reading.reading import Reading
from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.dialects.reading.dialect import Dialect
    from llmsim_adapters.dialects.reading.reader import Reader


_MOST_CLASSES: Final = 16
"""More classes than any config names."""


def identity(config: Mapping[str, Any], level: Mapping[str, Any]) -> tuple[str, str, list[Gap]]:
    """Return the language model's type and the architecture, and what is wrong with the keys that say them."""
    wrong = []
    architectures = config.get("architectures")
    architecture = ""
    if architectures is not None:
        if not isinstance(architectures, list) or not all(isinstance(name, str) for name in architectures):
            wrong.append(_wrong("architectures", "is not a list of strings"))
        elif architectures:
            architecture = architectures[0]
    outer_type = config.get("model_type")
    if not architecture and isinstance(outer_type, str):
        architecture = ARCHITECTURE_OF_TYPE.get(outer_type, "")
    model_type = level.get("model_type", outer_type)
    if model_type is None:
        return TYPE_OF_ARCHITECTURE.get(architecture, ""), architecture, wrong
    if not isinstance(model_type, str):
        wrong.append(_wrong("model_type", "is not a string"))
        return "", architecture, wrong
    return model_type, architecture, wrong


def of_another_class(
    config: Mapping[str, Any],
    r: Reader,
    dialect: Dialect,
    whole: Dialect | None,
    plugged: Mapping[str, Dialect],
    *,
    nested: bool,
) -> list[Gap]:
    """Return a gap where the type of the whole is none, or has no such language model, or the class is another's."""
    outer_type = config.get("model_type")
    if nested and whole is None and outer_type != r.model_type and find(str(outer_type), plugged) is None:
        shown = printable(outer_type) if isinstance(outer_type, str) else "none"
        detail = f"no dialect knows the type of the whole ({shown}): its language model is taken to be as any other"
        return [Gap(GapKind.INFERRED, "model_type", detail)]
    at = r.prefix.partition(".")[0]
    usual = "" if whole is None else whole.text_config
    if nested and isinstance(outer_type, str) and outer_type not in plugged and not _expects(outer_type, at, usual):
        detail = f"transformers' class of {printable(outer_type)} has no `{printable(at)}`, and would pass over it"
        return [Gap(GapKind.INFERRED, "language_model", detail)]
    declared = [each for each in (dialect, whole) if each is not None]
    if any(built_in(each.model_type) is not each for each in declared):
        return []  # what a plugin's classes are called, the plugin knows
    said = config.get("architectures")
    further = said[1:_MOST_CLASSES] if isinstance(said, list) and r.architecture in said[:1] else []
    for name in (r.architecture, *(each for each in further if isinstance(each, str))):
        if not _is_of(name, outer_type, r.model_type, dialect, declared):
            shown = printable(name)
            detail = f"{shown} is no class of the type {printable(r.model_type)}: taken to be as that type's own"
            return [Gap(GapKind.INFERRED, "architectures", detail)]
    return []


def _is_of(architecture: str, outer_type: object, model_type: str, dialect: Dialect, declared: list[Dialect]) -> bool:
    """Return whether an architecture is called after the type, the whole's, or is one that these name."""
    stem = bare(architecture)
    if not stem or stem == bare(dialect.model_type):
        return True
    types = (outer_type, model_type, *(each.model_type for each in declared))
    own = {bare(name) for name in types if isinstance(name, str)}
    if not architecture.endswith("ForConditionalGeneration"):  # which is the whole, with what stands beside the text
        own |= {name.removesuffix("text").removesuffix("decoder") for name in own} | set(map(bare, dialect.classes))
    known = [each for of in declared for each in (of.classes, of.causal_lm, of.text_only)]
    return stem in own or architecture in DIALECT_OF_ARCHITECTURE or any(architecture in names for names in known)


def encoder_alone(model_type: str, architecture: str) -> Reading:
    """Return the answer to a config of an encoder that stands beside language models, without one."""
    detail = f"the config is that of an encoder of pictures or sound ({model_type}) by itself, without a language model"
    gap = Gap(GapKind.MISSING_PARAMETER, "language_model", detail)
    return Reading(model_type=model_type, architecture=architecture, dialect="", spec=None, gaps=(gap,))


def states_ties(config: Mapping[str, Any]) -> bool:
    """Return whether a class that ties its head would have said so: transformers 5 has no default for all classes."""
    return of_release(config, "5")


def of_release(config: Mapping[str, Any], major: str) -> bool:
    """Return whether transformers of this major version wrote the config; of 5, where that was a release."""
    version = config.get("transformers_version")
    return isinstance(version, str) and version.startswith(f"{major}.") and (major != "5" or "dev" not in version)


def _expects(outer_type: str, key: str, usual: str) -> bool:
    """Return whether a type has its language model under a key, as far as is known."""
    return built_in(outer_type) is None or key == usual or takes(outer_type, key)


def _wrong(key: str, message: str) -> Gap:
    return Gap(GapKind.INVALID_CONFIG, key, f"key `{key}` {message}")
