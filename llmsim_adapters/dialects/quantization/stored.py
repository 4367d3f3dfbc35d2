"""How a checkpoint's weights are stored, from what is declared: the method's schemes, and the modules of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dataclass import replace
from llmsim_adapters.dialects.quantization.assignment import (
    assign,
    gates_in_queries,
    left_unsaid,
    parts_of_inputs,
    towers_named,
)
from llmsim_adapters.dialects.quantization.cache import cache_dtype
from llmsim_adapters.dialects.quantization.declaration import declarations
from llmsim_adapters.dialects.quantization.globs import is_name
from llmsim_adapters.dialects.quantization.methods import EVERY_METHOD, METHODS
from llmsim_adapters.dialects.quantization.schemes import of_bits, said_bits
from llmsim_adapters.dialects.reading.reader import Reader
from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.spec.quantization import HEAD, Assigned, Quantization
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from llmsim_adapters.dialects.quantization.declaration import Declaration
    from llmsim_adapters.dialects.quantization.methods import Method
    from llmsim_adapters.spec.model import ModelSpec
    from llmsim_adapters.spec.quantization import Scheme, Side

_SHOWN: Final = 8
_GATE: Final = "attention.gate_proj"
"""A gate's matrix, which is one with that of the queries."""


def declared(r: Reader, spec: ModelSpec) -> ModelSpec:
    """Return a spec with what is declared of its weights; places that say different things are a gap.

    The first place counts, and what an inner level of a config says comes before what an outer one does.
    """
    for declaration in declarations(r):
        first, q = spec.quantization, declaration.q
        if first is None:
            spec = _stored(declaration, r, spec)
            continue
        other = Reader(q.raw, {}, {}, prefix=q.prefix)
        again = _stored(declaration._replace(q=other), _like(r), spec).quantization
        q.set_aside(f"says the same as `{first.place}`")
        if again is not None and _same(again, first):
            if again.cache_dtype and not first.cache_dtype:
                spec = replace(spec, quantization=_with_cache(first, again))
        else:
            shown = printable(q.prefix.rstrip(".:"))
            detail = f"`{shown}` says otherwise than `{first.place}`, which is taken"
            r.gaps.append(Gap(GapKind.CONFLICTING_KEYS, shown, detail))
    return spec


def _with_cache(one: Quantization, other: Quantization) -> Quantization:
    """Return a declaration with what another one says of the cache."""
    return replace(one, cache_dtype=other.cache_dtype, cache_key=other.cache_key)


def _like(r: Reader) -> Reader:
    """Return a reader of the same level whose notes are nobody's."""
    return Reader(r.raw, {}, {}, prefix=r.prefix)


def _same(one: Quantization, other: Quantization) -> bool:
    """Whether two declarations mean the same, whatever their words and place; one may be silent about the cache."""
    if one.cache_dtype and other.cache_dtype and one.cache_dtype != other.cache_dtype:
        return False
    return replace(_with_cache(one, other), method=other.method, place=other.place) == other


def _stored(declaration: Declaration, r: Reader, spec: ModelSpec) -> ModelSpec:
    """Return a spec with what a declaration in a level of a config says about how its weights are stored."""
    place, q, name = declaration
    method = METHODS.get(name)
    said = None if method is None else method.read(q, r)
    if method is None or said is None:
        r.not_modelled(f"quantization_{printable(name, 40)}")
        q.set_aside(f"quantization method {printable(name, 40)} is not modelled, a gap by itself")
        bits = said_bits(q.raw)
        scheme = None if bits is None else of_bits(bits)
        return replace(spec, quantization=Quantization(name, scheme, frozenset({HEAD}), place=place))
    cached, cache_key = cache_dtype(q)
    for key, reason in {**EVERY_METHOD, **method.without_effect}.items():
        q.no_effect((key,), reason)
    patterns = _patterns(q, method)
    if patterns is None:
        return spec
    listed = any(key in q.raw for key in method.excluding)
    if said.scheme is not None and method.head and method.excluding and not (listed or said.kept):
        r.not_modelled("quantization_without_a_list_of_exceptions")
    kept_there = (*patterns, *said.kept, *(() if said.mtp or spec.stack("mtp") is None else ("mtp",)))
    literal = tuple(pattern for pattern in kept_there if is_name(pattern)) if method.literal else kept_there
    lists = (kept_there, literal, *(names for _, names in said.groups))
    found = assign(spec, lists, substrings=method.substrings)
    _say_undecided(r, found.undecided)
    for pattern in found.without_use[:_SHOWN]:
        r.without_effect[f"{q.prefix}{printable(pattern, 60)}"] = "names no module of this model"
    kept, by_name, *places = found.places
    by_pattern = kept - by_name
    kept |= left_unsaid(found.spec)
    listed_head = method.listed_head and any(q.has(key) for key in method.excluding)
    head = method.head or listed_head or (bool(method.head_key) and q.flag(method.head_key))
    others = tuple(Assigned(scheme, at) for (scheme, _), at in zip(said.groups, places, strict=True))
    if gates_in_queries(spec):
        others = (*_sharing(found.spec, others, said.scheme, _GATE, _of_its_own), *others)
    for part in parts_of_inputs(spec):
        others = (*_sharing(found.spec, others, said.scheme, part, _not_by_inputs), *others)
    encoder, projector = towers_named((*patterns, *said.kept), exact=method.exact)
    quantization = Quantization(
        name,
        said.scheme,
        kept if head else kept | {HEAD},
        said.only,
        others,
        cache_dtype=cached,
        cache_key=f"{place}.{cache_key}" if cached else "",
        place=place,
        by_pattern=by_pattern,
        excepting=next((key for key in method.excluding if q.has(key)), ""),
        form=str(q.raw.get("format") or ""),
        unsaid=tuple(key for key in method.usual if not q.has(key)),
        leaves_towers=said.scheme is None or bool(said.only) or said.towers is False or encoder,
        leaves_projectors=projector,
        tower_patterns=tuple([each for each in patterns if towers_named((each,), exact=method.exact)[0]]),
        quantizes_towers=bool(said.towers) and not (encoder or projector),
        everything=method.everything,
    )
    return replace(found.spec, quantization=quantization)


def _of_its_own(side: Side) -> bool:
    """Whether what stands beside a matrix is that of some of its rows."""
    return bool(side.rows or side.elements)


def _not_by_inputs(side: Side) -> bool:
    """Whether it is anything but a number for each input, or group of them, of all rows."""
    return bool(side.rows or side.elements or not side.columns)


def _sharing(
    spec: ModelSpec, others: tuple[Assigned, ...], scheme: Scheme | None, module: str, own: Callable[[Side], bool]
) -> Iterator[Assigned]:
    """Yield how a module is stored that is one matrix with another, whose numbers it shares but for its `own`."""
    kind = module.split(".")[0]
    blocks = [(stack.name, block.name) for stack in spec.stacks for block in stack.blocks]
    every = frozenset([(*block, each) for block in blocks for each in ("", kind, module)])
    for assigned in (*others, *(() if scheme is None else (Assigned(scheme, every),))):
        sides = tuple(side for side in assigned.scheme.sides if own(side))
        there = {place[:2] for place in assigned.places & every}
        if there and sides != assigned.scheme.sides:
            yield Assigned(replace(assigned.scheme, sides=sides), frozenset([(*block, module) for block in there]))


def _patterns(q: Reader, method: Method) -> tuple[str, ...] | None:
    """Read the list of what is left as it is; None: what is there is no such list, which is noted."""
    there = [key for key in method.excluding if key in q.raw]
    key = next((key for key in there if q.has(key)), there[0] if there else "")
    for other in there:
        if other != key:
            if q.raw[other] and q.raw[other] != q.raw[key]:
                q.not_modelled(f"quantization_{other}_beside_{key}")
            q.no_effect((other,), f"{key} is the list that is taken")
    patterns = q.sequence(key) or () if key else ()
    if not all(pattern.__class__ is str for pattern in patterns):
        q.refuse(key, patterns, "a list of names")
        return None
    return tuple(patterns)


def _say_undecided(r: Reader, undecided: Iterable[str]) -> None:
    patterns = tuple(undecided)
    for pattern in patterns[:_SHOWN]:
        r.not_modelled(f"quantization_except_{printable(pattern, 60)}")
    if len(patterns) > _SHOWN:
        r.not_modelled(f"quantization_except_{len(patterns) - _SHOWN}_more")
