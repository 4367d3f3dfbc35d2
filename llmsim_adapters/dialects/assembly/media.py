"""What a checkpoint's processor files say of pictures and sound, and the rules of media that are read from them.

A processor says its settings in `preprocessor_config.json`, in `processor_config.json` under its part since
transformers 5, and for videos in `video_preprocessor_config.json`. What none of them says is the default of the class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.dialects.assembly.tower import patch_count, patches_per_side
from llmsim_adapters.sources.sidecars import PROCESSORS
from llmsim_adapters.spec.components import LearnedTokens
from llmsim_adapters.spec.media.refused import Refused
from llmsim_adapters.spec.media.tiles import BestAspect, LeastScaling, PanAndScan, Pinpoints, Tiles, Tiling
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from llmsim_adapters.dialects.assembly.tower import Tower
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack

    Number = TypeVar("Number", int, float)

_OF_IMAGES, _TOGETHER, _OF_VIDEOS = PROCESSORS

_PARTS: Final = {"image": "image_processor", "video": "video_processor", "audio": "feature_extractor"}
"""Where `processor_config.json` has the settings of a kind."""

_LARGEST: Final = 2**40
_MOST_PAIRS: Final = 1000
_MOST_TILES: Final = 1000


class _Wrong(Exception):
    """A setting that can't be; the text names it."""


class Settings:
    """The settings of a processor for one kind of item, by key; `said` is whether any file says them.

    `file` is the one that is theirs alone.
    """

    def __init__(self, r: Reader, kind: str) -> None:
        self._files: list[tuple[str, Mapping[str, Any]]] = []
        self.file = _OF_VIDEOS if kind == "video" else _OF_IMAGES
        self._own = r.files.get(_TOGETHER, {})
        self._add(r, _TOGETHER, _PARTS[kind])
        if kind == "video":
            self._add(r, _OF_VIDEOS)
        self._add(r, _OF_IMAGES)
        self.said = bool(self._files)

    def _add(self, r: Reader, name: str, part: str = "") -> None:
        if name in r.broken_files:
            message = f"`{name}` can't be read: {r.broken_files[name]}"
            raise _Wrong(message)
        found = r.files.get(name, {}).get(part) if part else r.files.get(name)
        if isinstance(found, Mapping):
            self._files.append((f"{name}:{part}." if part else f"{name}:", found))

    def integer(self, *keys: str, default: int, least: int = 1, most: int = _LARGEST) -> int:
        """Return the first integer that stands under one of the keys, a dotted one in an object."""

        def holds(value: Any) -> bool:
            return value.__class__ is int and least <= value <= most

        limit = "" if most == _LARGEST else f", at most {most}"
        return int(self._first(keys, holds, f"an integer, at least {least}{limit}", default, inside=True))

    def tiles(self, key: str = "max_patches", *, default: int) -> int:
        """Return the number of tiles that stands under a key, which no processor has many of."""
        return self.integer(key, default=default, most=_MOST_TILES)

    def number(self, key: str, *, default: float) -> float:
        """Return the first number above 0 that stands under a key."""

        def holds(value: Any) -> bool:
            return value.__class__ in (int, float) and 0 < value <= _LARGEST

        return float(self._first((key,), holds, "a number above 0", default))

    def is_null(self, key: str) -> bool:
        """Whether a file says null under a key, which no number is in place of."""
        return any(key in data and data[key] is None for _, data in self._files)

    def flag(self, key: str, *, default: bool) -> bool:
        """Return the first truth value that stands under a key."""
        return bool(self._first((key,), lambda value: value.__class__ is bool, "true or false", default))

    def own_flag(self, key: str, *, default: bool) -> bool:
        """Return the truth value that the whole processor has under a key, beside those of its kinds."""
        value = self._own.get(key)
        if value is not None and value.__class__ is not bool:
            raise _Wrong(f"`{_TOGETHER}:{key}` is {printable(repr(value), 60)}; expected true or false")
        return default if value is None else bool(value)

    def word(self, key: str, known: tuple[str, ...], *, default: str) -> str:
        """Return the first of the known words that stands under a key."""

        def holds(value: Any) -> bool:
            return value.__class__ is str and value in known

        return str(self._first((key,), holds, " or ".join(known), default))

    def side(self, key: str = "size", *, default: int) -> int:
        """Return the side of the square that a key says: a number, both sides, or the shortest one."""
        return self.integer(key, *(f"{key}.{name}" for name in ("height", "shortest_edge")), default=default)

    def pair(self, key: str, *, default: tuple[int, int], least: int = 1) -> tuple[int, int]:
        """Return the first list of two integers that stands under a key."""

        def holds(value: Any) -> bool:
            numbers = isinstance(value, list) and len(value) == 2 and all(each.__class__ is int for each in value)
            return numbers and all(least <= each <= _LARGEST for each in value)

        first, second = self._first((key,), holds, f"two integers, at least {least}", default)
        return first, second

    def pairs(self, key: str, *, default: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
        """Return the first list of pairs of integers that stands under a key."""
        found = self._first((key,), are_pairs, "a list of pairs of integers", default)
        return tuple((first, second) for first, second in found)

    def _first(
        self, keys: tuple[str, ...], holds: Callable[[Any], bool], expected: str, default: Any, *, inside: bool = False
    ) -> Any:
        """Return the first value that stands under one of the keys, in the order of the files, which has to hold.

        Keys of what may be `inside` an object are dotted, and the object by itself is passed over.
        """
        for where, data in self._files:
            for key in keys:
                value = _at(data, key) if inside else data.get(key)
                if value is None:
                    continue
                if not holds(value):
                    raise _Wrong(f"`{where}{key}` is {printable(repr(value), 60)}; expected {expected}")
                return value
        return default


def are_pairs(value: Any) -> bool:
    """Whether a value is a list of pairs of sizes in pixels."""
    return isinstance(value, (list, tuple)) and 0 < len(value) <= _MOST_PAIRS and all(map(_is_pair, value))


def _is_pair(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(side.__class__ is int and 0 < side <= 2**20 for side in value)
    )


def _at(data: Mapping[str, Any], key: str) -> Any:
    """Return what stands under a dotted key; None where nothing does, or an object, which other keys are for."""
    value: Any = data
    for part in key.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return None if isinstance(value, dict) else value


def rule(r: Reader, kind: str, make: Callable[[Settings], Media]) -> Media:
    """Return the rule that is made of a processor's settings; one that refuses where they can't be."""
    try:
        return make(Settings(r, kind))
    except _Wrong as wrong:
        return Refused(reason=str(wrong))


def origin(settings: Settings, of: str) -> str:
    """Return what there is to say where no file has a processor's settings."""
    return "" if settings.said else f"sizes of media follow the defaults of {of}: no {settings.file} is known"


def square(
    r: Reader, *, tokens: int, extra: int = 0, tiling: Tiling | None = None, text: int = 0, kind: type[Tiles] = Tiles
) -> Tiles:
    """Return the rule of tiles of `image_size` pixels a side, with `extra` hidden states beside their patches."""
    return kind(
        side=int(r.size("image_size")),
        patches=int(patch_count(r)),
        extra=extra,
        tokens=int(tokens),
        tiling=tiling or Tiling(),
        text=text,
    )


def class_tokens(stack: Stack) -> int:
    """Return how many trained vectors stand beside a tile's patches, before the blocks."""
    return int(sum(each.count for each in stack.before if isinstance(each, LearnedTokens)))


class Cutting(NamedTuple):
    """A class of processors that cut pictures into tiles, and how many there are at most by default."""

    name: str
    most: int
    crops: bool = True
    scales: bool = False


GOT_OCR2: Final = Cutting("GotOcr2ImageProcessor", 12)
LLAMA4: Final = Cutting("Llama4ImageProcessor", 16, scales=True)
COHERE2: Final = Cutting("Cohere2VisionImageProcessor", 12, scales=True)


def tiled(
    whole: Reader, r: Reader, side: int, *, extra: int = 0, tile_text: int = 0, processor: Cutting = GOT_OCR2
) -> Media:
    """Return the rule of tiles whose patches, `side` squared of them, become one token.

    Settings: `crop_to_patches`, `min_patches`, `max_patches`; the tile is that of the encoder.
    """

    def made(images: Settings) -> Media:
        patches, most = patch_count(r), images.tiles(default=processor.most)
        tiling: Tiling | None = None
        if images.flag("crop_to_patches", default=processor.crops) and most > 1:
            tile = int(r.size("image_size"))
            least = images.integer("min_patches", default=1)
            if processor.scales:
                tiling = LeastScaling(side=tile, most=most, largest=images.flag("resize_to_max_canvas", default=False))
            else:
                tiling = BestAspect(side=tile, least=min(least, most), most=most)
        rule = square(r, tokens=patches // (side * side), extra=extra, tiling=tiling, text=2)
        return replace(rule, tile_text=tile_text, origin=origin(images, processor.name))

    return rule(whole, "image", made)


def scanned(whole: Reader, r: Reader, *, tokens: int, text: int) -> Media:
    """Return the rule of tiles of one size, to which crops of long pictures are added where the settings say so.

    Settings of `Gemma3ImageProcessor`: `do_pan_and_scan`, `pan_and_scan_min_crop_size`, `pan_and_scan_max_num_crops`,
    `pan_and_scan_min_ratio_to_activate`.
    """

    def made(images: Settings) -> Media:
        if not images.flag("do_pan_and_scan", default=False):
            return square(r, tokens=tokens, text=text)
        tiling = PanAndScan(
            least_side=images.integer("pan_and_scan_min_crop_size", default=256),
            most=images.integer("pan_and_scan_max_num_crops", default=4),
            least_ratio=images.number("pan_and_scan_min_ratio_to_activate", default=1.2),
        )
        return replace(square(r, tokens=tokens, tiling=tiling), tile_text=text)

    return rule(whole, "image", made)


def pinpointed(whole: Reader, vision: Tower, *, most: int = 0) -> Media:
    """Return the rule of the sizes that `image_grid_pinpoints` lists, of the processor or else of the config."""
    r, drops = vision.r, whole.text("vision_feature_select_strategy") != "full"
    said = whole.sequence("image_grid_pinpoints") or ()
    if not are_pairs(said):
        whole.refuse("image_grid_pinpoints", list(said), "pairs of integers")
        said = ((1, 1),)

    def made(images: Settings) -> Media:
        return Pinpoints(
            side=int(r.size("image_size")),
            patch_side=int(patches_per_side(r)),
            extra=class_tokens(vision.stack),
            dropped=1 if drops else 0,
            sizes=images.pairs("image_grid_pinpoints", default=tuple((down, across) for down, across in said)),
            most=most,
        )

    return rule(whole, "image", made)
