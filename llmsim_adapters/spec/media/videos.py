"""Videos by rules of their own: beside that of pictures, frame by frame, or some frames together."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.media.media import Kind, Media, MediaItem, Unfit


@dataclass(frozen=True, slots=True, kw_only=True)
class WithVideos(Media):
    """Pictures by the rule that an encoder has for them, and videos by another."""

    pictures: Media
    videos: Media

    @property
    def takes(self) -> tuple[Kind, ...]:
        """Whatever the rule of pictures takes, and videos."""
        return tuple(dict.fromkeys((*self.pictures.takes, "video")))

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        of = self.videos if kind == "video" else self.pictures
        return of.see(kind, given, preprocessed)

    def origin_of(self, kind: Kind) -> str:
        return (self.videos if kind == "video" else self.pictures).origin_of(kind)

    def called(self, kind: Kind) -> str:
        return (self.videos if kind == "video" else self.pictures).called(kind)

    def among(self, count: int) -> Media:
        return replace(self, pictures=self.pictures.among(count), videos=self.videos.among(count))

    def together(self, items: tuple[MediaItem, ...]) -> tuple[MediaItem, ...]:
        """Return the items of a sequence as each rule has those of its own kind."""
        videos = iter(self.videos.together(tuple(item for item in items if item.kind == "video")))
        others = iter(self.pictures.together(tuple(item for item in items if item.kind != "video")))
        return tuple(next(videos if item.kind == "video" else others) for item in items)

    def combined(self, items: tuple[MediaItem, ...]) -> dict[str, int]:
        """Return what pictures have together, and of the same names what videos have."""
        pictures = tuple(item for item in items if item.kind != "video")
        together = self.pictures.combined(pictures) if pictures else {}
        videos = [item for item in items if item.kind == "video"]
        return {name: rows + sum(_rows(item, name) for item in videos) for name, rows in together.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tubelets(WithVideos):
    """Frames of videos that are embedded together, by a matrix of their own: `patches` are those of pictures alone.

    Those of videos are `tubelets` (arXiv:2103.15691).
    """

    def combined(self, items: tuple[MediaItem, ...]) -> dict[str, int]:
        """Return the patches of each matrix, and what pictures and videos have together."""
        patches = {
            name: sum(item.patches for item in items if (item.kind == "video") is videos)
            for name, videos in (("patches", False), ("tubelets", True))
        }
        return {**WithVideos.combined(self, items), **patches}


def _rows(item: MediaItem, name: str) -> int:
    """Return the rows of a name that an item has by itself."""
    own = {"patches": item.patches, "rows": item.rows, "tokens": item.tokens}
    return {**own, **dict(item.named)}.get(name, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfFrames(Media):
    """A rule of videos by that of pictures, which each `frame` of them is."""

    frame: Media

    @property
    def takes(self) -> tuple[Kind, ...]:
        """Videos."""
        return ("video",)

    def called(self, kind: Kind) -> str:
        return f"{type(self).__name__} of {self.frame.called(kind)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameByFrame(OfFrames):
    """Each frame is a picture of its own, as `frame` sees it; `ends` rows of trained vectors stand behind a video.

    As many as `merged` frames may be one such picture, the last ones of a video filled up by the last frame.

    Texts between frames, as of times, are the tokenizer's, and are no part of an item; tokens of the model's own that
    stand around each, `marks`, are. Some take videos of `only` so many frames (0: of any number).
    """

    ends: int = 0
    marks: int = 0
    merged: int = 1
    only: int = 0

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        if self.only and given[0] != self.only:
            message = f"a video of {int(given[0]):,} frames: this model takes {self.only:,} of each"
            raise Unfit(message)
        frames = -(-int(given[0]) // self.merged)
        one = self.frame.see("image", given[1:], preprocessed)
        return one._replace(
            kind=kind,
            given=given,
            seen=(frames * self.merged, *one.seen[-2:]),
            patches=frames * one.patches,
            rows=frames * one.rows,
            tokens=frames * one.tokens + self.ends,
            text=frames * self.marks,
            pieces=tuple((length, frames * count) for length, count in one.pieces),
            windows=tuple((length, frames * count) for length, count in one.windows),
            named=tuple((name, frames * count) for name, count in one.named),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunks(OfFrames):
    """As many as `frames` frames attend together and are averaged, the last ones of a video fewer (Kimi K2.5).

    `Kimi_K25VideoProcessor` of transformers; each frame is resized as a picture is.
    """

    frames: int

    def see(self, kind: Kind, given: tuple[float, ...], preprocessed: bool) -> MediaItem:
        frames = int(given[0])
        one = self.frame.see("image", given[1:], preprocessed)
        whole, rest = divmod(frames, self.frames)
        lengths = Counter({self.frames * one.patches: whole})
        lengths[rest * one.patches] += 1 if rest else 0
        pieces = tuple(sorted((length, count) for length, count in lengths.items() if count))
        patches = frames * one.patches
        tokens = (whole + (1 if rest else 0)) * one.tokens
        return MediaItem(kind, given, (frames, *one.seen), patches, patches, tokens, pieces)
