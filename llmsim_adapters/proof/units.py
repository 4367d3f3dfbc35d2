"""Both sides by layer: what the graph has at each position of each stack, and which stored tensors stand there."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from llmsim_adapters.proof.alike import Side, affinity
from llmsim_adapters.proof.stored import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.proof.stored import Stored
    from llmsim_adapters.spec.model import ModelSpec, Stack

Unit = tuple[str, int]
AROUND: Final[Unit] = ("", 0)
"""What is at no position of a stack: embeddings, heads, the last norm, projectors."""


def wanted_units(spec: ModelSpec, graph: OperatorGraph) -> tuple[dict[Unit, list[Side]], frozenset[str]]:
    """Return what the graph has at each position, and the blocks whose positions share a tensor.

    A tensor that fewer positions have than run the block is the first ones'.
    """
    units: dict[Unit, list[Side]] = defaultdict(list)
    shared: set[str] = set()
    for weight in graph.weights:
        if weight.role in ("stored", "scale"):  # scales are held against their matrices' own (`quantized.py`)
            continue
        part = f"{weight.stack}.{weight.block}.{weight.name}"
        stack = spec.stack(weight.stack)
        owners = _owners(stack, weight.block) if stack is not None else []
        count = int(weight.count)
        if count < len(owners):
            shared.add(f"{weight.stack}.{weight.block}")
        if owners and (count <= len(owners) or count % len(owners) == 0):
            places = [(weight.stack, at) for at in owners[:count]] * max(count // len(owners), 1)
        else:
            places = [AROUND] * count
        shape = tuple(int(size) for size in weight.shape)
        for number, place in enumerate(places):
            key = f"{weight.stack}.{place[1]}.{weight.name}" if place[0] else part
            key = f"{key}#{number}" if places.count(place) > 1 else key
            units[place].append(Side(weight.name, shape, weight.dtype, (key,), part))
    return dict(units), frozenset(shared)


def _owners(stack: Stack, block: str) -> list[int]:
    return [
        at
        for at, index in enumerate(stack.order)
        if stack.blocks[index].name == block and (not stack.weights_of or stack.weights_of[at] == at)
    ]


def stored_units(
    tensors: Iterable[Stored], spec: ModelSpec, wanted: dict[Unit, list[Side]], *, fold: bool = True
) -> dict[Unit, list[Side]]:
    """Return the stored tensors at each position; those that have the same name but for further numbers are stacked.

    Where a number of the files stands for several positions of a stack, `wanted` has these as one from then on, if they
    are to be folded.
    """
    prefixes: dict[str, list[Stored]] = defaultdict(list)
    around: list[Stored] = []
    for tensor in tensors:
        at = tensor.split
        if at is None:
            around.append(tensor)
        else:
            prefixes[at[0]].append(tensor)
    units: dict[Unit, list[Stored]] = defaultdict(list)
    units[AROUND] = around
    stacks = {prefix: _stack_of(prefix, found, spec, wanted) for prefix, found in prefixes.items()}
    for prefix in _superfluous(prefixes, stacks, wanted):
        stacks[prefix] = None
    for prefix, found in prefixes.items():
        stack = stacks[prefix]
        places = {} if stack is None else _places(prefix, found, stack, spec, wanted, fold)
        for tensor in found:
            units[AROUND if stack is None else places[tensor.split[1]]].append(tensor)  # type: ignore[index]
    return {unit: stacked(found, numbered=unit == AROUND) for unit, found in units.items()}


def _superfluous(
    prefixes: dict[str, list[Stored]], stacks: dict[str, Stack | None], wanted: dict[Unit, list[Side]]
) -> Iterator[str]:
    """Yield the prefixes without which the others are nearer to what a stack has: numbered lists beside its layers."""
    elements = {prefix: sum(tensor.elements for tensor in found) for prefix, found in prefixes.items()}
    for name in {stack.name for stack in stacks.values() if stack is not None}:
        whole = sum(side.elements for unit, sides in wanted.items() if unit[0] == name for side in sides)
        so_far = 0
        mine = [prefix for prefix, stack in stacks.items() if stack is not None and stack.name == name]
        for prefix in sorted(mine, key=lambda each: abs(elements[each] - whole)):
            if so_far and abs(so_far + elements[prefix] - whole) >= abs(so_far - whole):
                yield prefix
            else:
                so_far += elements[prefix]


def _folded(found: list[Stored], stack: Stack, numbers: list[int], wanted: dict[Unit, list[Side]]) -> int:
    """Return how many positions of a stack a number of the files stands for: several where that is nearer in size."""
    times, over = divmod(len(stack.order), len(numbers))
    if over or times < 2 or numbers[-1] >= len(numbers):
        return 1

    def off(positions: Iterable[int]) -> int:
        return abs(held - sum(side.elements for at in positions for side in wanted.get((stack.name, at), ())))

    held = sum(tensor.elements for tensor in found)
    others = [numbers, *(owners for block in stack.blocks if len(owners := _owners(stack, block.name)) == len(numbers))]
    return times if off(range(len(stack.order))) < min(map(off, others)) else 1


def _places(
    prefix: str, found: list[Stored], stack: Stack, spec: ModelSpec, wanted: dict[Unit, list[Side]], fold: bool
) -> dict[int, Unit]:
    """Return the unit of each number: that position, or, where fewer are numbered, the next one of their block."""
    numbers = sorted({tensor.split[1] for tensor in found if tensor.split})
    times = _folded(found, stack, numbers, wanted) if fold else 1
    if times > 1:
        for at in range(len(stack.order)):
            if at % times:
                wanted.setdefault((stack.name, at // times * times), []).extend(wanted.pop((stack.name, at), []))
        return {number: (stack.name, number * times) for number in numbers}
    blocks = [
        block
        for block in stack.blocks
        if len(_owners(stack, block.name)) == len(numbers) < len(stack.order) and numbers[-1] < len(numbers)
    ]
    if blocks:
        block = max(blocks, key=lambda each: affinity(prefix, each.name))
        owners = _owners(stack, block.name)
        return {number: (stack.name, at) for number, at in zip(numbers, owners, strict=False)}
    return {number: _position(stack, number, spec) for number in numbers}


def _position(stack: Stack, at: int, spec: ModelSpec) -> Unit:
    """Return the unit of a layer; those beyond the stack's own are of multi-token prediction, if there is such.

    Where positions share weights, files number those that have their own.
    """
    length = len(stack.order)
    owners = sorted(set(stack.weights_of))
    if at < len(owners):
        return stack.name, owners[at]
    mtp = spec.stack("mtp")
    if at >= length and mtp is not None and stack.name != "mtp" and not stack.is_tower:
        return "mtp", min(at - length, len(mtp.order) - 1)
    return stack.name, at


def _stack_of(prefix: str, found: list[Stored], spec: ModelSpec, wanted: dict[Unit, list[Side]]) -> Stack | None:
    """Return the stack whose positions a prefix numbers: by sizes, by how many there are, and by its name."""
    numbers = {tensor.split[1] for tensor in found if tensor.split}
    sizes = Counter(size for tensor in found for size in set(tensor.shape) if size != 1)
    best: tuple[float, Stack | None] = (0.35, None)
    for stack in spec.stacks:
        length = len(stack.order)
        mtp = spec.stack("mtp")
        more = len(mtp.order) if mtp is not None and not stack.is_tower else 0
        if not length or max(numbers) >= length + more + max(1, length // 8):
            continue
        own = {size for at in range(length) for side in wanted.get((stack.name, at), ()) for size in side.dims}
        share = sum(count for size, count in sizes.items() if size in own) / max(sum(sizes.values()), 1)
        score = share * 0.6 + 0.5 * min(len(numbers), length) / max(len(numbers), length)
        score += 0.8 * _named_after(prefix, stack, spec)
        if score > best[0]:
            best = score, stack
    return best[1]


_CALLED: Final = {
    "vision": ("visi", "visual", "image", "vit"),
    "audio": ("audio", "speech", "sound"),
    "encoder": ("encoder",),
    "decoder": ("decoder",),
    "patcher": ("patcher",),
    "mtp": ("mtp", "nextn"),
    "text": ("language", "text", "global_transformer"),
}
"""What checkpoints call the stacks of specs."""


def _named_after(prefix: str, stack: Stack, spec: ModelSpec) -> int:
    """Return 1 where a prefix names a stack, -1 where it names another one that there is."""
    kinds = {kind for kind, words in _CALLED.items() if any(word in prefix.lower() for word in words)}
    if kinds & _kinds(stack):
        return 1
    return -1 if any(kinds & _kinds(other) for other in spec.stacks) else 0


def _kinds(stack: Stack) -> set[str]:
    mine = {kind for kind, words in _CALLED.items() if kind in stack.name or any(w in stack.name for w in words)}
    return mine or ({"vision"} if stack.axis == "patches" else {"audio"} if stack.is_tower else set())


def stacked(tensors: list[Stored], *, numbered: bool = False) -> list[Side]:
    """Return the tensors of a unit, with those of one name but for its inner numbers as one stack."""
    groups: dict[tuple[str, tuple[int, ...], str], list[Stored]] = defaultdict(list)
    for tensor in tensors:
        at = tensor.split
        inner = tensor.name if at is None or numbered else f"{at[0]}.#.{at[2]}"
        groups[pattern(inner)[0], tensor.shape, tensor.dtype].append(tensor)
    return [
        Side(
            name.replace("#", "*"),
            shape if len(found) == 1 else (len(found), *shape),
            dtype,
            tuple(tensor.name for tensor in found),
        )
        for (name, shape, dtype), found in groups.items()
    ]
