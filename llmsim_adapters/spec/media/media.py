"""What every rule of media has: the items that a schedule gives, as an encoder sees them, and the rows that it runs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from llmsim_adapters.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Kind = Literal["image", "video", "audio"]

NEVER: Final = "never"
"""The name of the rows of parts that a checkpoint has and no picture or sound runs."""

Pieces = tuple[tuple[int, int], ...]
"""Lengths of the sequences that attend within themselves, each with how many there are of it."""


class Unfit(Exception):
    """An item has a size that the model's processor refuses; the text says why."""


def refuse_parts(height: int, width: int, *factors: int) -> None:
    """Refuse a preprocessed picture whose sides are no multiples: both of one factor, or each of its own.

    Raises:
        Unfit: they are none.
    """
    if height % factors[0] or width % factors[-1]:
        message = f"a preprocessed picture has sides that are multiples of {' and '.join(map(str, factors))}"
        raise Unfit(message)


class MediaItem(NamedTuple):
    """One picture, video or sound: what a client sends, what the encoder sees, and what it becomes.

    Attributes:
        kind: what it is.
        given: height and width in pixels; frames, height and width; or seconds.
        seen: what the encoder gets, after resizing, tiling and padding, in the same order.
        patches: patches or frames that are embedded, padding included.
        rows: hidden states of the encoder's layers, with class tokens.
        tokens: rows that the encoder's results become, which stand in the sequence of the language model.
        text: tokens beside them that mark rows, tiles or ends, where the language model gets such.
        pieces: sequences of hidden states that attend within themselves.
        windows: the same in layers that attend within windows.
        attended: rows of the encoder's output that the language model's cross attention has as keys and values.
        named: other numbers of rows that parts of the encoder run on, by name.
    """

    kind: Kind
    given: tuple[float, ...]
    seen: tuple[float, ...]
    patches: int
    rows: int
    tokens: int
    pieces: Pieces
    windows: Pieces = ()
    text: int = 0
    attended: int = 0
    named: tuple[tuple[str, int], ...] = ()

    @property
    def length(self) -> int:
        """The tokens of a sequence that the item takes."""
        return self.tokens + self.text

    def to_dict(self) -> dict[str, Any]:
        """Return what there is to see of it, ready for JSON."""
        return {
            "kind": self.kind,
            "given": list(self.given),
            "seen": list(self.seen),
            "patches": self.patches,
            "tokens": self.tokens,
            "text": self.text,
            "attended": self.attended,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """How items of some kinds become the rows of an encoder.

    Where items are `joined`, all of a step are one sequence, and a mask keeps them apart. `origin` says where the
    numbers are from where that is not the checkpoint's own file. `mutual` says which tokens of the language model see
    later ones: those of one of an item's `pieces` see each other, in all layers or in those `in_windows` alone, or with
    all of the piece even beyond a window, `whole`; or those of the whole `prompt` do. Where an encoder reads
    words, items stand among those of the `source`.
    """

    source: bool = False
    joined: bool = False
    mutual: Literal["", "pieces", "in_windows", "whole", "together", "prompt"] = ""
    origin: str = ""

    @property
    def takes(self) -> tuple[Kind, ...]:
        """The kinds of items that the encoder takes."""
        return ("image",)

    @property
    def rows_of_token(self) -> int:
        """The hidden states of each token where the encoder runs with tokens, in every step; 0: it does not."""
        return 0

    def with_tokens(self, tokens: int) -> Mapping[str, int]:
        """Return the rows, by name, that the encoder runs with so many tokens of the language model."""
        raise NotImplementedError

    def origin_of(self, kind: Kind) -> str:
        """Return where the numbers of a kind of items are from, where that is no file of the checkpoint's."""
        del kind
        return self.origin

    def called(self, kind: Kind) -> str:
        """Return what the working calls the rule of a kind of items."""
        del kind
        return type(self).__name__

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        """Return an item as the encoder sees it; `preprocessed` ones have the size that it gets.

        Raises:
            Unfit: the processor refuses such a size.
        """
        raise NotImplementedError

    def among(self, count: int) -> Media:
        """Return the rule of one of so many items of a sequence: of some processors, many are cut into fewer tiles."""
        del count
        return self

    @property
    def instructed(self) -> int:
        """How many words of an instruction the encoder reads beside an item at most; 0: it reads none."""
        return 0

    def beside(self, words: int) -> Media:
        """Return the rule of items beside whose queries an encoder that is `instructed` reads so many words."""
        del words
        return self

    def together(self, items: tuple[MediaItem, ...]) -> tuple[MediaItem, ...]:
        """Return the items as the encoder sees all of a step, such as padded to the longest one."""
        return items

    def combined(self, items: tuple[MediaItem, ...]) -> dict[str, int]:
        """Return the rows, by name, that all items of a step have together otherwise than one by one."""
        del items
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed(Media):
    """What an encoder runs whose results another stack makes tokens of: items as `of` sees them, without tokens."""

    of: Media

    @property
    def takes(self) -> tuple[Kind, ...]:
        """What the other rule takes."""
        return self.of.takes

    def origin_of(self, kind: Kind) -> str:
        return self.of.origin_of(kind)

    def called(self, kind: Kind) -> str:
        return self.of.called(kind)

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        return self.of.see(kind, given, preprocessed)

    def among(self, count: int) -> Media:
        return Passed(of=self.of.among(count), joined=self.joined)

    def together(self, items: tuple[MediaItem, ...]) -> tuple[MediaItem, ...]:
        """Return the items without tokens."""
        return tuple([item._replace(tokens=0, text=0) for item in self.of.together(items)])

    def combined(self, items: tuple[MediaItem, ...]) -> dict[str, int]:
        return self.of.combined(items)


class Mutual(NamedTuple):
    """Tokens of the language model that see each other, later ones too: spans of so many, by how many there are.

    None of the spans: it is all new tokens. They do so in layers with a window alone, `in_windows`, or with all of
    their span even beyond a window, where it is `whole`.
    """

    spans: Pieces | None
    in_windows: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound(Media):
    """A rule of sounds alone."""

    @property
    def takes(self) -> tuple[Kind, ...]:
        """Sound alone."""
        return ("audio",)


class Run(NamedTuple):
    """What one encoder runs for one sequence: the sums over its items, and the rule that gave them."""

    media: Media
    items: tuple[MediaItem, ...]
    counts: dict[str, int]
    pieces: Pieces
    windows: Pieces

    @property
    def mutual(self) -> Mutual | None:
        """The tokens of the language model that see each other; None: each sees the earlier ones alone."""
        how = self.media.mutual
        if how in ("", "prompt"):
            return Mutual(None, whole=True) if how else None
        if how == "together":
            return Mutual(((sum(item.length for item in self.items), 1),))
        spans: Counter[int] = Counter()
        for item in self.items:
            pieces = sum(count for _, count in item.pieces)
            spans[item.tokens // pieces] += pieces
        return Mutual(tuple(sorted(spans.items())), how == "in_windows", how == "whole")

    @property
    def sequences(self) -> int:
        """How many sequences attend within themselves: pictures, or tiles of them."""
        return self.counts["sequences"]

    def count(self, name: str) -> int:
        """Return how many rows of a name there are."""
        return self.counts[name]


def run(media: Media, items: Iterable[MediaItem]) -> Run:
    """Return what an encoder runs for the items of one sequence."""
    items = media.together(tuple(items))
    if media.source:
        items = tuple([item._replace(attended=item.length) for item in items])
    counts: Counter[str] = Counter()
    pieces: Counter[int] = Counter()
    windows: Counter[int] = Counter()
    for item in items:
        counts.update(
            {"patches": item.patches, "rows": item.rows, "tokens": item.tokens, "items": 1, "attended": item.attended}
        )
        counts["sequences"] += sum(count for _, count in item.pieces)
        counts.update(dict(item.named))
        pieces.update(dict(item.pieces))
        windows.update(dict(item.windows))
    return Run(
        media,
        items,
        {**counts, **media.combined(items), NEVER: 0},
        tuple(sorted(pieces.items())),
        tuple(sorted(windows.items())),
    )
