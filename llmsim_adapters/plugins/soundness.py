"""Whether what a plugin answers is what it should be, down to the fields that the package computes with.

These checks touch a plugin's objects, so they run where its code runs: isolated.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

from llmsim_adapters.dialects.reading.reading import Parameter
from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.graph.cache import Cache
from llmsim_adapters.graph.graph import OperatorGraph
from llmsim_adapters.graph.operator import Operator, Weight
from llmsim_adapters.graph.transfer import Transfer
from llmsim_adapters.plugins.claim import Claim
from llmsim_adapters.plugins.isolation import PluginError, type_name
from llmsim_adapters.spec.components import Attention, Component, Norm
from llmsim_adapters.spec.dtypes import BITS
from llmsim_adapters.spec.model import Block, ModelSpec, Stack, Sublayer
from llmsim_adapters.spec.quantization import Quantization, Scheme, Side
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Collection

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.graph.schedule import Schedule

_TOKENS: Final = 2
_LANGUAGE: Final = ("text", "mtp")
"""The names of the stacks of language models."""


def claim(answer: object, computed: Claim) -> Claim:
    """Return what a builder's own `claim` says, in the host's own objects.

    Raises:
        PluginError: it is not a claim of this builder.
    """
    if not isinstance(answer, Claim):
        _wrong("claim", answer, "a Claim")
    if answer.builder != computed.builder:
        _wrong("builder of the claim", answer.builder, repr(computed.builder))
    if answer.claims.__class__ is not bool:
        _wrong("`claims` of the claim", answer.claims, "True or False")
    _each("missing_parameters", answer.missing_parameters, str)
    _each("gaps", answer.gaps, Gap)
    missing = tuple(printable(name) for name in answer.missing_parameters)
    gaps = tuple(_gap(gap) for gap in answer.gaps)
    if answer.claims and missing:
        message = "the claim holds and yet has missing parameters"
        raise PluginError(message)
    if not answer.claims and not missing and not gaps:
        gaps = (Gap(GapKind.UNSUPPORTED_FEATURE, computed.builder, "the builder refuses and gives no reason"),)
    said = {(gap.kind, gap.name) for gap in gaps}
    asserted = (
        answer.claims > computed.claims
        or not said.issuperset((gap.kind, gap.name) for gap in computed.gaps)
        or not set(missing).issuperset(computed.missing_parameters)
    )
    return Claim(computed.builder, answer.claims, missing, gaps, computed.required, asserted, computed.builds_itself)


def _gap(gap: Gap) -> Gap:
    if not isinstance(gap.kind, GapKind):
        _wrong("kind of a gap", gap.kind, "a GapKind")
    for name in ("name", "detail"):
        if not isinstance(getattr(gap, name), str):
            _wrong(f"{name} of a gap", getattr(gap, name), "a string")
    return Gap(gap.kind, printable(gap.name), printable(gap.detail, 400))  # the host computes impacts


def graph(answer: object, schedule: Schedule) -> OperatorGraph:
    """Return the graph that a builder made.

    Raises:
        PluginError: it is not a graph under this schedule, or its totals can't be computed.
    """
    if type(answer) is not OperatorGraph:
        _wrong("graph", answer, "an OperatorGraph")
    if answer.schedule != schedule:
        message = "the graph is one under another schedule"
        raise PluginError(message)
    for name, kind in (
        ("operators", Operator),
        ("weights", Weight),
        ("caches", Cache),
        ("routing", tuple),
        ("transfers", Transfer),
        ("notes", str),
    ):
        _each(name, getattr(answer, name), kind)
    from llmsim_adapters.plugins.checked_site import WORDS, check_word  # only what plugins build needs it

    for weight in answer.weights:
        _each("shape of a weight", weight.shape, int)
        for argument, words in WORDS["weight"].items():
            check_word(f"weight `{printable(weight.name, 60)}`", argument, getattr(weight, argument), words)
    for cache in answer.caches:
        for argument, words in WORDS["cache"].items():
            check_word(f"cache of `{printable(cache.block, 60)}`", argument, getattr(cache, argument), words)
    totals = {
        "parameters": answer.parameters,
        "mtp_parameters": answer.mtp_parameters,
        "buffers": answer.buffers,
        "active_parameters": answer.active_parameters,
        "flops": answer.flops,
        "flops_executed": answer.flops_executed,
        "weight_bytes": answer.weight_bytes,
        "transfer_bytes": answer.transfer_bytes,
        "bytes of operators": sum(operator.bytes for operator in answer.operators),
        "kv_cache_elements": answer.kv_cache_elements(_TOKENS),
        "kv_cache_elements_per_token": answer.kv_cache_elements_per_token,
        "state_elements_per_sequence": answer.state_elements_per_sequence,
    }
    for name, total in totals.items():
        if not _is_int(total) or total < 0:
            _wrong(f"`{name}` of the graph", total, "an integer of zero or more")
    return answer


def spec(answer: object, model_type: str, kinds: Collection[type]) -> ModelSpec:
    """Return the spec that a dialect made.

    Raises:
        PluginError: it is not a spec of this model type, or one that can't be lowered.
    """
    if type(answer) is not ModelSpec:
        _wrong("spec", answer, "a ModelSpec")
    if answer.model_type != model_type:
        _wrong("model_type of the spec", answer.model_type, repr(model_type))
    if answer.dtype not in BITS:
        _wrong("dtype of the spec", answer.dtype, f"one of {', '.join(BITS)}")
    if answer.quantization is not None and type(answer.quantization) is not Quantization:
        _wrong("quantization of the spec", answer.quantization, "a Quantization or None")
    if answer.quantization is not None:
        for scheme in answer.quantization.schemes:
            _scheme(scheme)
        if answer.quantization.cache_dtype and answer.quantization.cache_dtype not in BITS:
            _wrong("format of the cache", answer.quantization.cache_dtype, f"one of {', '.join(BITS)}")
    _each("unmodelled", answer.unmodelled, str)
    _each("stacks", answer.stacks, Stack)
    _components("inputs", answer.inputs, kinds)
    _components("outputs", answer.outputs, kinds)
    names = [stack.name for stack in answer.stacks]
    if len(set(names)) != len(names):
        message = "two stacks of the spec have one name"
        raise PluginError(message)
    for stack in answer.stacks:
        _stack(stack, kinds)
    return answer


def towers(answer: object, kinds: Collection[type]) -> tuple[Stack, ...]:
    """Return the stacks that a dialect puts beside the language model.

    Raises:
        PluginError: they are none that can be lowered, or are none that stand beside it.
    """
    _each("towers", answer, Stack)
    stacks: tuple[Stack, ...] = answer  # type: ignore[assignment]
    names = [stack.name for stack in stacks]
    for stack in stacks:
        _stack(stack, kinds)
        shown = printable(stack.name, 60)
        if not stack.is_tower:
            message = f"tower `{shown}` is over tokens, as the language model is; its axis is `patches` or `frames`"
            raise PluginError(message)
        if stack.name in _LANGUAGE or names.count(stack.name) > 1:
            message = f"tower `{shown}`: another stack of the model has that name"
            raise PluginError(message)
        kept = [type_name(mixer) for block in stack.blocks for mixer in block.mixers() if _caches(mixer)]
        if kept and not stack.streams_rows:
            message = f"tower `{shown}`: {kept[0]} keeps keys and values of text; say `cached=False, causal=False`"
            raise PluginError(message)
    return stacks


def _caches(mixer: Component) -> bool:
    return isinstance(mixer, Attention) and mixer.cached


def _scheme(scheme: object) -> None:
    if type(scheme) is not Scheme:
        _wrong("scheme of the quantization", scheme, "a Scheme")
    _each("sides of the scheme", scheme.sides, Side)
    for dtype in (scheme.dtype, *(side.dtype for side in scheme.sides if side.dtype)):
        if dtype not in BITS:
            _wrong("format of the scheme", dtype, f"one of {', '.join(BITS)}")


def _stack(stack: Stack, kinds: Collection[type]) -> None:
    for name in ("name", "axis", "counted_by"):
        if not isinstance(getattr(stack, name), str):
            _wrong(f"{name} of a stack", getattr(stack, name), "a string")
    for name, least in (("prompt", 0), ("streams", 1), ("patch_size", 0), ("pad_to", 0), ("pad_above", 0)):
        if not _is_int(getattr(stack, name)) or getattr(stack, name) < least:
            _wrong(f"{name} of a stack", getattr(stack, name), f"an integer from {least}")
    _components("before", stack.before, kinds)
    _components("after", stack.after, kinds)
    _each("blocks", stack.blocks, Block)
    _indices("order", stack.order, len(stack.blocks))
    for name in ("weights_of", "cache_of"):
        owners = getattr(stack, name)
        _indices(name, owners, len(stack.order))
        if owners and len(owners) != len(stack.order):
            _wrong(f"{name} of stack {printable(stack.name)}", owners, "one entry for each position")
    for block in stack.blocks:
        if not isinstance(block.name, str):
            _wrong("name of a block", block.name, "a string")
        _each("sublayers", block.sublayers, Sublayer)
        for sublayer in block.sublayers:
            if not sublayer.mixers:
                _wrong("mixers of a sublayer", sublayer.mixers, "at least one")
            _components("mixers", sublayer.mixers, kinds)
            _components("pre_norms", sublayer.pre_norms, kinds)
            _components("post_norms", sublayer.post_norms, kinds)
            _each("pre_norms", sublayer.pre_norms, Norm)
            _each("post_norms", sublayer.post_norms, Norm)
            if sublayer.residual is not None:
                _components("residual", (sublayer.residual,), kinds)


def _components(name: str, found: Any, kinds: Collection[type]) -> None:
    _each(name, found, Component)
    for component in found:
        kind: Any = component.__class__
        if kind not in kinds or not is_dataclass(kind):
            message = f"component {type_name(component)} has no lowering; register it by `llmsim_register_components`"
            raise PluginError(message)
        for field in fields(kind):
            value = getattr(component, field.name)
            least = 0 if field.default == 0 else 1  # zero of such a field is that there is none
            if field.type in ("int", int) and (not _is_int(value) or value < least):
                _wrong(f"`{field.name}` of {type_name(component)}", value, f"an integer from {least}")
        _components(f"parts of {type_name(component)}", component.parts(), kinds)


def reader(r: Reader) -> None:
    """Check the notes that a dialect took.

    Raises:
        PluginError: they are not what a reader itself notes.
    """
    _each("gaps", tuple(r.gaps), Gap)
    _each("unmodelled", tuple(r.unmodelled), str)
    r.gaps = [_gap(gap) for gap in r.gaps]
    for name, kind in (("parameters", Parameter), ("without_effect", str)):
        notes = getattr(r, name)
        if notes.__class__ is not dict or not all(isinstance(n, str) and isinstance(notes[n], kind) for n in notes):
            _wrong(name, notes, f"a dictionary of {kind.__name__} by name")


def _indices(name: str, found: Any, end: int) -> None:
    if not isinstance(found, tuple) or not all(_is_int(i) and 0 <= i < end for i in found):
        _wrong(name, found, f"a tuple of integers from 0 to {end - 1}")


def _each(name: str, found: Any, kind: type) -> None:
    if not isinstance(found, tuple):
        _wrong(name, found, f"a tuple of {kind.__name__}")
    for item in found:
        if not isinstance(item, kind) or item.__class__ is bool:
            _wrong(f"an item of `{name}`", item, f"a {kind.__name__}")


def _is_int(value: object) -> bool:
    return isinstance(value, int) and value.__class__ is not bool


def _wrong(name: str, found: object, expected: str) -> NoReturn:
    message = f"{name}: found {printable(repr(found), 60)} ({type_name(found)}); expected {expected}"
    raise PluginError(message)
