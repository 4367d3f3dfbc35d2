"""Towers: the encoders of pictures and sound beside a language model, and what takes their results to its size.

A whole model's dialect names the towers' configs; each is read by the dialect of its own model type, in the folder
`towers`, and becomes a stack. A step of text does not run it: its weights are counted.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.dialects.assembly.classic import unrotated_attention
from llmsim_adapters.dialects.assembly.decoder import blocks, layers
from llmsim_adapters.dialects.assembly.layouts import pre_norm
from llmsim_adapters.dialects.reading.find import built_in
from llmsim_adapters.spec.components import ClippingBounds, Convolution
from llmsim_adapters.spec.media.media import NEVER
from llmsim_adapters.spec.media.rows import rows_of
from llmsim_adapters.spec.model import ModelSpec, Stack, Sublayer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from llmsim_adapters.dialects.assembly.layouts import Layout
    from llmsim_adapters.dialects.reading.dialect import Dialect, Towers
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, Component, Norm
    from llmsim_adapters.spec.media.media import Media

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class PartWords(NamedTuple):
    """How the config of a part that is no tower says what it says: as a dialect, without a stack."""

    canonical: Mapping[str, str] = _NOTHING
    defaults: Mapping[str, Any] = _NOTHING
    costless: Mapping[str, str] = _NOTHING
    neutral: Mapping[str, object] = _NOTHING


_DTYPE: Final = "a checkpoint's number format is that of the whole model"


class Tower(NamedTuple):
    """A tower that was read, and the reader of its config, for what stands behind it."""

    stack: Stack
    r: Reader

    def then(self, *components: Component, rows: tuple[str, ...] = ()) -> Stack:
        """Return its stack with further components at the end, as those that project to the language model's size.

        `rows` names the rows that they run on where these are not tokens (`Stack.after_rows`).
        """
        stack = self.stack
        before = tuple(rows_of(stack, before=False)) if rows else stack.after_rows
        return replace(stack, after=(*stack.after, *components), after_rows=(*before, *rows))

    def running(self, media: Media) -> Tower:
        """Return the tower with the rule of what it runs for a picture or sound."""
        return self._replace(stack=replace(self.stack, media=media))


def tower(
    whole: Reader, key: str, model_type: str | Dialect, *, fixed: bool = False, without: Mapping[str, Any] = _NOTHING
) -> Tower | None:
    """Read the tower under a key by the dialect of its model type, of the one given where its config says none.

    `model_type` is that of a tower of this package, or a dialect: that of a tower of one's own.

    What its config leaves out, all of it if there is none, is the default of that type; none at all is noted. The class
    of the whole may have other defaults `without` any config of it. A type
    that nobody declared, or whose dialect does not know what the config names, is noted as left out. Where the class of
    the whole has towers of one type alone, it is `fixed`, whatever it says.
    """
    name = key.removesuffix("_config")
    value = whole.raw.get(key)
    said = value.get("model_type") if isinstance(value, dict) else None
    dialect = _dialect(said if isinstance(said, str) and not fixed else None, model_type)
    if dialect is None:
        whole.mark(key)
        whole.not_modelled(f"{name}_tower")
        return None
    r = whole.nested(key, dialect=dialect.like(dialect.model_type, **without) if value is None and without else dialect)
    if r is None:
        return None
    if value is None:
        whole.inferred(key, "the config says nothing of the encoder: its sizes are taken to be the class's defaults")
    return _read(whole, r, name, dialect)


def named_tower(whole: Reader, key: str, dialect: Dialect) -> Tower | None:
    """Read the tower that the config only names by its checkpoint, of the sizes that are its dialect's defaults."""
    return _read(whole, whole.named(key, dialect), "vision", dialect)


def _read(whole: Reader, r: Reader, name: str, dialect: Dialect) -> Tower | None:
    """Return a tower by its dialect, None where that leaves it out."""
    r.mark("model_type", "architectures")
    r.no_effect(("dtype",), _DTYPE)
    r.no_effect(("tie_word_embeddings",), "an encoder of pictures or sound has no head")
    if "vocab_size" not in dialect.defaults:
        r.no_effect(("vocab_size",), "an encoder of pictures or sound has no words")
    stacks = dialect.read(r).stacks
    if not stacks:
        r.set_aside("the tower is left out")
        whole.not_modelled(f"{name}_tower")
        return None
    (stack,) = stacks
    counted_by = f"{name.replace('-', '_')}_{stack.counted_by}"
    named = replace(stack, name=name, counted_by=counted_by, model_type=dialect.model_type)
    return Tower(named, r)


def unused_end(tower: Tower) -> Tower:
    """Return the tower with what its files have behind the blocks, and no picture or sound runs."""
    return tower._replace(stack=replace(tower.stack, after_rows=(NEVER,) * len(tower.stack.after)))


def one_tower(model_type: str, rule: Callable[[Reader, Reader], Media]) -> Towers:
    """Return what makes the stacks of a whole model whose one encoder, of a type, ends in the language model's size.

    `rule` gives what it runs, of the reader of the whole config and that of the encoder's.
    """

    def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
        vision = tower(whole, "vision_config", model_type, fixed=True)
        if vision is not None:
            yield vision.running(rule(whole, vision.r)).stack

    return towers


def encoder_of(dialect: Dialect, rule: Callable[[Reader, Reader], Media]) -> Towers:
    """Return what makes the stack of an encoder of sound whose keys stand among those of the decoder it is for.

    `rule` gives what it runs, of the reader of the whole config and that of the encoder's. An architecture that is the
    decoder alone has none.
    """

    def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
        if not whole.architecture.endswith("ForCausalLM"):
            sound = whole.beside("audio", dialect)
            (stack,) = dialect.read(sound).stacks
            named = replace(stack, name="audio", counted_by=f"audio_{stack.counted_by}", model_type=dialect.model_type)
            yield replace(named, media=rule(whole, sound))

    return towers


def _dialect(said: str | None, given: str | Dialect) -> Dialect | None:
    """Return the dialect of the type that a tower's config says, else of the one that is given."""
    if isinstance(given, str):
        return built_in(given if said is None else said, "towers")
    return given if said in (None, given.model_type) else built_in(said, "towers")


_BARE: Final = {"gemma3": (("vision", "after", "projection"),)}
"""By type: what is a bare parameter, not a linear layer, so that no method takes it (`mm_input_projection_weight`)."""


def with_towers(spec: ModelSpec, towers: Iterable[Stack], whole: Reader, *, plain: bool = False) -> ModelSpec:
    """Return a spec with towers, which a quantized checkpoint leaves as they are; where none says so, that is noted.

    Towers that are `plain` are never quantized, whatever is said. A method that quantizes all linear layers of the
    whole model has those of the towers too.
    """
    stacks = tuple(towers)
    spec = replace(spec, stacks=(*spec.stacks, *stacks))
    if spec.quantization is None or not stacks:
        return spec
    bare = frozenset(_BARE.get(str(whole.raw.get("model_type")), ()))
    if spec.quantization.quantizes_towers and not plain:
        return replace(spec, quantization=replace(spec.quantization, excluded=spec.quantization.excluded | bare))
    if not (plain or spec.quantization.leaves_towers):
        whole.not_modelled("quantization_of_towers")
    parts = [(stack.name, name) for stack in stacks for name in ("before", "after", *(b.name for b in stack.blocks))]
    excluded = spec.quantization.excluded | bare | {(stack, part, "") for stack, part in parts}
    return replace(spec, quantization=replace(spec.quantization, excluded=excluded))


def encoder(
    r: Reader,
    mixer: Component | Sequence[Component],
    feed_forward: Component | Sequence[Component],
    norm: Norm,
    *,
    layout: Layout = pre_norm,
    before: tuple[Component, ...] = (),
    after: tuple[Component, ...] = (),
    axis: str = "patches",
    before_rows: tuple[str, ...] = (),
    after_rows: tuple[str, ...] = (),
) -> ModelSpec:
    """Return a tower, as a model that is that one stack; mixers and networks are one for all layers or one each.

    `before_rows` and `after_rows` name the rows that components around its blocks run on, as in `Stack`.
    """
    distinct, order = blocks(mixer, feed_forward, norm, layout, layers(r))
    stack = Stack(
        "encoder",
        distinct,
        order,
        before=before,
        after=after,
        axis=axis,
        before_rows=before_rows,
        after_rows=after_rows,
    )
    return ModelSpec(r.model_type, (stack,))


def clipped(layout: Layout, linears: int) -> Layout:
    """Return a layout with the bounds that the inputs and outputs of a layer's `linears` matrices are clipped to."""
    bounds = Sublayer((ClippingBounds(linears=linears),), skip=False)
    return lambda mixer, feed_forward, norm: (*layout(mixer, feed_forward, norm), bounds)


def full_attention(r: Reader, *, bias: bool = True, o_bias: bool | None = None) -> Attention:
    """Read attention of every patch or frame to all others; the output has a `bias` too unless `o_bias` says not."""
    attention = replace(unrotated_attention(r, bias=bias), causal=False, cached=False)
    return attention if o_bias is None else replace(attention, o_bias=o_bias)


def of_stages(r: Reader, name: str, count: int, *, least: int = 1, most: int | None = None) -> Sequence[int]:
    """Read a list of a number for each of an encoder's `count` stages, ones in place of a list that can't be that."""
    said = r.integers(name, least=least, most=most) or ()
    r.check(name, len(said) == count, "has not one entry for each stage")
    return said if len(said) == count else (1,) * count


def patches(r: Reader, *, bias: bool = True) -> Convolution:
    """Read a ViT's patch embedding: each square of `patch_size` pixels becomes one hidden state (arXiv:2010.11929)."""
    side = r.size("patch_size")
    return Convolution(
        input_channels=r.size("num_channels"), output_channels=r.size("hidden_size"), kernel=(side, side), bias=bias
    )


def patch_count(r: Reader) -> int:
    """Read how many patches a square picture has."""
    side = patches_per_side(r)
    return side * side


def patches_per_side(r: Reader) -> int:
    """Read how many patches stand side by side in a square picture."""
    side = r.size("image_size") // r.size("patch_size")
    r.check("image_size", side > 0, "is smaller than a patch")
    return side
