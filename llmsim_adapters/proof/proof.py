"""Whether the tensors of a checkpoint's files are those of a graph, one by one."""

from __future__ import annotations

from collections import Counter, defaultdict
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from llmsim_adapters.evaluation.recorded import digest
from llmsim_adapters.proof.alike import Side, affinity, packed, packed_parts
from llmsim_adapters.proof.matching import Match, apart, match, match_alone
from llmsim_adapters.proof.quantized import as_matrices
from llmsim_adapters.proof.result import Difference, Proof
from llmsim_adapters.proof.stored import filled, pattern
from llmsim_adapters.proof.units import AROUND, Unit, stacked, stored_units, wanted_units
from llmsim_adapters.proof.unread import copied, derived, idle_experts, padded_head
from llmsim_adapters.spec.dtypes import bytes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.proof.folder import Headers
    from llmsim_adapters.proof.stored import Stored
    from llmsim_adapters.spec.model import ModelSpec


def prove_tensors(spec: ModelSpec, graph: OperatorGraph, headers: Headers, notes: tuple[str, ...] = ()) -> Proof:
    """Return the comparison of stored tensors with a graph that was built as a checkpoint has it."""
    return _Comparison(spec, graph, headers.tensors).proof(headers, notes)


class _Comparison:
    def __init__(self, spec: ModelSpec, graph: OperatorGraph, tensors: tuple[Stored, ...]) -> None:
        self._files = tensors
        self._read = as_matrices(tensors, spec, _usual(graph))
        tensors = self._read.tensors
        self._tensors = {tensor.name: tensor for tensor in tensors}
        self._wanted, self._shared = wanted_units(spec, graph)
        self._beside = [weight for weight in graph.weights if weight.role == "scale"]
        self._spec, self._graph = spec, graph
        self._unused = list(idle_experts(tensors, spec))
        self._copies: list[str] = []
        self._derived: list[str] = []
        read = [tensor for tensor in tensors if tensor.name not in set(self._unused)]
        self._stored = stored_units(read, spec, self._wanted)
        held = {unit[0] for unit, sides in self._stored.items() if sides}
        optional = [stack.name for stack in spec.stacks if stack.optional]
        self._absent = tuple(name for name in optional if name not in held)
        self._matches: dict[Unit, Match] = {}
        self._elsewhere: set[str] = set()
        self._missing: list[Difference] = []
        self._unexpected: list[Difference] = []
        self._shapes: list[Difference] = []

    def proof(self, headers: Headers, notes: tuple[str, ...]) -> Proof:
        self._match()
        self._settle_elsewhere()
        self._told_apart()
        for unit, found in self._matches.items():
            if not (found.complete or self._as_sibling(unit) or (unit != AROUND and self._as_stacks(unit))):
                self._differ(found)
        self._odd_shapes()
        wanted = [side for unit, sides in self._wanted.items() if unit[0] not in self._absent for side in sides]
        beside = [weight for weight in self._beside if weight.stack not in self._absent]
        read = self._read
        missing, unexpected, shapes = (
            tuple(self._as_in_file(each) for each in found) for found in (self._missing, self._unexpected, self._shapes)
        )
        shapes += read.shapes
        apart = [read.names.get(name, name) for name in (*self._copies, *self._derived, *self._unused)]
        gone = {each.name for each in (*unexpected, *shapes)} | {*apart, *read.cache_scales, *read.besides}
        pairs = [pair for found in self._matches.values() for pair in found.pairs]
        return Proof(
            headers.location,
            headers.files,
            headers.header_bytes,
            matched=len({tensor.name for tensor in self._files} - gone),
            missing=missing + read.missing,
            unexpected=unexpected,
            other_shape=shapes,
            other_format=(*map(self._as_in_file, _formats(pairs)), *read.formats),
            copies=tuple(self._copies),
            derived=tuple(self._derived),
            absent=self._absent,
            fused=sum(sum(len(s.keys) for s in stored) for stored, wants in pairs if len(stored) + len(wants) > 2),
            stored_elements=sum(tensor.elements for tensor in self._files),
            stored_bytes=sum(tensor.bytes for tensor in self._files),
            graph_elements=sum(side.elements for side in wanted) + sum(int(each.elements) for each in beside),
            graph_bytes=sum(bytes_of(side.elements, side.dtype) for side in wanted)
            + sum(int(each.bytes) for each in beside),
            notes=notes,
            names_digest=_digest(self._files),
            graph_digest=digest(self._graph, self._absent),
            beside=(*read.cache_scales, *read.besides),
            unused=tuple(self._unused),
        )

    def _as_in_file(self, each: Difference) -> Difference:
        """Return a difference with the name that a matrix's own file has for it."""
        return each._replace(name=self._read.names.get(each.name, each.name))

    def _match(self) -> None:
        """Match the layers, each by itself."""
        for unit in dict.fromkeys((*self._wanted, *self._stored)):
            if unit[0] not in self._absent and unit != AROUND:
                self._matches[unit] = match(self._stored.get(unit, ()), self._wanted.get(unit, ()))
        self._matches[AROUND] = match_alone(self._stored.get(AROUND, ()), self._wanted.get(AROUND, ()))

    def _settle_elsewhere(self) -> None:
        """Match what is around the layers, with what is numbered as no layer is, or shared by layers.

        A list of single tensors beside the layers may be numbered from another layer on than these.
        """
        left = Counter(_key(side) for f in self._matches.values() for side in f.stored for _ in side.keys)
        whole = Counter(_key(side) for sides in self._stored.values() for side in sides for _ in side.keys)
        parts = Counter(side.part for found in self._matches.values() for side in found.wanted)
        all_parts = Counter(side.part for sides in self._wanted.values() for side in sides)
        stored = [s for f in self._matches.values() for s in f.stored]
        wanted = [w for f in self._matches.values() for w in f.wanted]
        shared = [w for w in wanted if w.part.rsplit(".", w.name.count(".") + 1)[0] in self._shared]
        listed = {key for key, tensor in self._tensors.items() if tensor.split and not tensor.split[2].strip(".")}
        free = [
            one for s in stored if left[_key(s)] == whole[_key(s)] or shared or s.keys[0] in listed for one in apart(s)
        ]
        open_ = [w for w in wanted if parts[w.part] == all_parts[w.part] or w in shared]
        found = match(free, open_)
        done = {key for pair in found.pairs for side in (*pair[0], *pair[1]) for key in side.keys}
        for unit, each in self._matches.items():
            self._matches[unit] = Match(
                each.pairs,
                tuple(rest for side in each.stored for rest in _without(side, done)),
                tuple(side for side in each.wanted if side.keys[0] not in done),
            )
        around = self._matches[AROUND]
        self._matches[AROUND] = around._replace(pairs=(*around.pairs, *found.pairs))
        self._elsewhere = {key for pair in found.pairs for side in pair[0] for key in side.keys}

    def _told_apart(self) -> None:
        """Take away what files hold and no model reads, and note its names."""
        around = self._wanted.get(AROUND, ())
        for unit, found in self._matches.items():
            rest, open_ = [], list(found.wanted)
            for side in found.stored:
                head = next((w for w in open_ if len(side.keys) == 1 and padded_head(side, w, self._spec)), None)
                if copied(side, around):
                    self._copies += side.keys
                elif derived(side):
                    self._derived += side.keys
                elif head is not None:
                    self._unused += side.keys
                    open_.remove(head)
                else:
                    rest.append(side)
            self._matches[unit] = found._replace(stored=tuple(rest), wanted=tuple(open_))

    def _as_sibling(self, unit: Unit) -> bool:
        """Say what is otherwise than in the other layers of the block, where one of these is as the graph has it."""
        likeness = Counter(side.part for side in self._wanted.get(unit, ()))
        siblings = [
            other
            for other, found in self._matches.items()
            if found.complete
            and other[0] == unit[0]
            and other != AROUND
            and Counter(side.part for side in self._wanted.get(other, ())) == likeness
        ]
        if not siblings or unit == AROUND or not likeness:
            return False
        return self._as(self._relative(unit), self._relative(siblings[0]), unit)

    def _as(self, own: dict[str, Stored], other: dict[str, Stored], unit: Unit) -> bool:
        """Say what tensors have otherwise than those that they should be like; whether that is anything."""
        before = len(self._missing) + len(self._unexpected) + len(self._shapes)
        number = str(self._number(unit, own))
        for name in other.keys() - own.keys():
            there = other[name]
            self._missing.append(Difference(name.replace("#", number, 1), "", there.shape, there.dtype))
        for name in own.keys() - other.keys():
            self._unexpected.append(Difference(own[name].name, "", own[name].shape, own[name].dtype))
        for name in own.keys() & other.keys():
            self._other_shape(own[name], other[name])
        return len(self._missing) + len(self._unexpected) + len(self._shapes) > before

    def _as_stacks(self, unit: Unit) -> bool:
        """Say which of a layer's numbered tensors, its experts' say, is not as the others of its kind.

        They are what they should be if the layer then is what the graph has.
        """
        own = self._relative(unit)
        kinds: dict[str, dict[str, Stored]] = defaultdict(dict)
        for name, tensor in own.items():
            kinds[pattern(name)[0]][name] = tensor
        numbers = Counter(
            tuple(sorted(pattern(name)[1] for name in tensors)) for tensors in kinds.values() if len(tensors) > 1
        )
        mended: dict[str, Stored] = {}
        for kind, tensors in kinds.items():
            if len(tensors) < 2 or kind.count("*") != 1:
                mended |= tensors
                continue
            shape = Counter(tensor.shape for tensor in tensors.values()).most_common(1)[0][0]
            one = next(tensor for tensor in tensors.values() if tensor.shape == shape)
            for each in numbers.most_common(1)[0][0]:
                name = filled(kind, each)
                mended[name] = one._replace(name=name.replace("#", str(self._number(unit, own)), 1))
        if mended == own or not match(stacked(list(mended.values())), self._wanted.get(unit, ())).complete:
            return False
        return self._as(own, mended, unit)

    def _other_shape(self, own: Stored, other: Stored) -> None:
        if own.shape != other.shape:
            self._shapes.append(Difference(own.name, "", own.shape, own.dtype, other.shape, other.dtype))

    def _relative(self, unit: Unit) -> dict[str, Stored]:
        """Return a layer's stored tensors by their names without its number."""
        found = {}
        for side in self._stored.get(unit, ()):
            for key in side.keys:
                if key in self._elsewhere:
                    continue
                tensor = self._tensors[key]
                at = tensor.split
                found[key if at is None else f"{at[0]}.#.{at[2]}"] = tensor
        return found

    @staticmethod
    def _number(unit: Unit, own: dict[str, Stored]) -> int:
        numbers = Counter(tensor.split[1] for tensor in own.values() if tensor.split)
        return numbers.most_common(1)[0][0] if numbers else unit[1]

    def _odd_shapes(self) -> None:
        """Find the layers in which a tensor has another shape than in all others of the block: transposed, say."""
        blocks: dict[Any, list[Unit]] = defaultdict(list)
        for unit, found in self._matches.items():
            if found.complete and unit != AROUND:
                blocks[unit[0], tuple(side.part for side in self._wanted.get(unit, ()))].append(unit)
        for units in blocks.values():
            shapes: dict[str, list[Stored]] = defaultdict(list)
            for unit in units:
                for name, tensor in self._relative(unit).items():
                    shapes[name].append(tensor)
            for tensors in shapes.values():
                (usual, count), *others = Counter(tensor.shape for tensor in tensors).most_common()
                if others and count > 1:
                    whole = next(tensor for tensor in tensors if tensor.shape == usual)
                    for tensor in tensors:
                        self._other_shape(tensor, whole)

    def _differ(self, found: Match) -> None:
        """Say what is left of a unit: pairs whose names are most alike are of another shape."""
        stored, wanted = list(found.stored), list(found.wanted)
        near = sorted(
            ((-affinity(s.name, w.name), at, to) for at, s in enumerate(stored) for to, w in enumerate(wanted)),
        )
        taken: set[int] = set()
        given: set[int] = set()
        for _, at, to in near:
            if at not in taken and to not in given:
                taken.add(at)
                given.add(to)
                side, want = stored[at], wanted[to]
                self._shapes.append(
                    Difference(side.keys[0], want.keys[0], side.shape, side.dtype, want.shape, want.dtype)
                )
        for at, side in enumerate(stored):
            if at not in taken:
                each = side.shape if len(side.keys) == 1 else side.shape[1:]
                self._unexpected += [Difference(key, "", each, side.dtype) for key in side.keys]
        self._missing += [
            Difference("", want.keys[0], want.shape, want.dtype) for to, want in enumerate(wanted) if to not in given
        ]


def _usual(graph: OperatorGraph) -> str:
    """Return the format that most tensors have that are neither quantized nor scales."""
    formats = Counter(weight.dtype for weight in graph.weights if weight.role == "parameter" and len(weight.shape) == 1)
    return formats.most_common(1)[0][0] if formats else "float32"


def _digest(tensors: Iterable[Stored]) -> str:
    lines = sorted(f"{each.name} {each.dtype} {list(each.shape)}" for each in tensors)
    return sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _key(side: Side) -> tuple[str, ...]:
    return (pattern(side.keys[0])[0],)


def _without(side: Side, done: set[str]) -> Iterator[Side]:
    """Yield a stored tensor, or those of a stack that are not done."""
    rest = tuple(key for key in side.keys if key not in done)
    if len(rest) == len(side.keys):
        yield side
    elif rest:
        shape = side.shape[1:]
        yield side._replace(keys=rest, shape=shape if len(rest) == 1 else (len(rest), *shape))


def _formats(pairs: Iterable[tuple[tuple[Side, ...], tuple[Side, ...]]]) -> Iterator[Difference]:
    """Yield the tensors whose format is not the graph's."""
    for stored, wanted in pairs:
        for side in stored:
            one = wanted[0]
            if side.dtype == one.dtype or (len(wanted) == 1 and (packed(side, one) or packed_parts(one, stored))):
                continue
            if {side.dtype, one.dtype} == {"uint8", "float8_e8m0fnu"}:  # the same eight bits of exponents
                continue
            shape = side.shape if len(side.keys) == 1 else side.shape[1:]
            for key in side.keys:
                yield Difference(key, one.keys[0], shape, side.dtype, one.shape, one.dtype)
