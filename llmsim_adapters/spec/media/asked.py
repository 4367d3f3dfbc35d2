"""What trained queries ask an encoder for, window by window of its hidden states: the rows of a Q-former.

The encoder itself is a stack of its own, whose items have no tokens: those of the Q-former have them.
"""

from __future__ import annotations

from dataclasses import replace

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.media.framed import FramedSound
from llmsim_adapters.spec.media.media import Kind, Media, MediaItem


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSound(FramedSound):
    """Sound whose hidden states are asked in windows of so many (`window`), the last one padded, by `queries` each.

    The first layer's queries are the same for all windows, and run `once` for all sounds of a sequence.
    """

    window: int
    queries: int

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        del preprocessed
        (item,) = self.together((self._seen(kind, given, self.framing.frames(self.framing.samples(given[0]))),))
        return item

    def together(self, items: tuple[MediaItem, ...]) -> tuple[MediaItem, ...]:
        longest, found = max(item.patches for item in items), []
        for index, item in enumerate(items):
            own = self._seen(item.kind, item.given, longest)
            found.append(asked(own, -(-own.rows // self.window), self.window, self.queries, first=index == 0))
        return tuple(found)

    def _results(self, length: int) -> int:
        return -(-length // self.window) * self.queries


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPictures(Media):
    """Pictures, each of whose tiles is asked by as many `queries`; or frames of videos, as `of` takes them."""

    of: Media
    queries: int

    @property
    def takes(self) -> tuple[Kind, ...]:
        """What the other rule takes."""
        return self.of.takes

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        item = self.of.see(kind, given, preprocessed)
        ((length, count),) = item.pieces
        found = asked(item, count, length, self.queries, first=False)
        return found._replace(tokens=found.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructedPictures(AskedPictures):
    """The same, with so many `words` of an instruction beside the queries of each tile, at most `most_words`."""

    most_words: int
    words: int = 0

    @property
    def instructed(self) -> int:
        """As many as the encoder has positions for."""
        return self.most_words

    def beside(self, words: int) -> Media:
        return replace(self, words=min(int(words), self.most_words))

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        item = AskedPictures.see(self, kind, given, preprocessed)
        ((queries, tiles),) = item.pieces
        rows, words = queries + self.words, tiles * self.words
        named = (*item.named, ("queries", item.rows), ("words", words))
        return item._replace(rows=item.rows + words, pieces=((rows, tiles),), named=named)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedWindows(Media):
    """Pictures in tiles, each of which is asked in so many `windows` of a `length`, by `queries` each.

    The tokens are those that `of` leaves of the tiles' answers; where no number of windows is given, each is asked for.
    """

    of: Media
    windows: int = 0
    length: int
    queries: int = 1

    @property
    def takes(self) -> tuple[Kind, ...]:
        """What the other rule takes."""
        return self.of.takes

    def origin_of(self, kind: Kind) -> str:
        return self.of.origin_of(kind)

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        item = self.of.see(kind, given, preprocessed)
        tiles = sum(count for _, count in item.pieces)
        windows = tiles * self.windows if self.windows else item.tokens
        return asked(item, windows, self.length, self.queries, first=False)


def asked(item: MediaItem, windows: int, length: int, queries: int, *, first: bool) -> MediaItem:
    """Return an item as its queries see it: so many windows of a length; `once` for the first item."""
    rows = windows * queries
    return item._replace(
        rows=rows,
        pieces=((queries, windows),),
        windows=((queries, 1),) if first else (),
        named=(("source", windows * length), ("once", queries if first else 0)),
    )
