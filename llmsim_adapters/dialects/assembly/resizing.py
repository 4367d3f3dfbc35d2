"""Rules of pictures and videos that are resized to whole patches, with the defaults of each class of processors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.spec.media.pictures import LongestEdge, SmartResize

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media


class Resizing(NamedTuple):
    """A class of processors of pictures, and that of videos beside it, with the pixels that they leave a picture.

    `counts` says of which items a limit is that of all frames together; a still picture has `temporal_patch_size`.
    """

    name: str
    least: int
    most: int
    least_video: int
    most_video: int
    counts: tuple[str, ...] = ()
    widens: tuple[str, ...] = ()
    rounds: bool = False


_OF_VIDEOS: Final = (("video",), ("video",))
_OF_BOTH: Final = (("image", "video"), ("image", "video"))

QWEN2_VL: Final = Resizing("Qwen2VLImageProcessor", 56 * 56, 1280 * 28 * 28, 128 * 28 * 28, 768 * 28 * 28)
QWEN3_VL: Final = Resizing("Qwen2VLImageProcessor", 56 * 56, 1280 * 28 * 28, 128 * 32 * 32, 768 * 32 * 32, *_OF_VIDEOS)
GLM4V: Final = Resizing("Glm4vImageProcessor", 112 * 112, 15000 * 28 * 28, 112 * 112, 60000 * 28 * 28, *_OF_BOTH)
PADDLEOCR: Final = Resizing("PaddleOCRVLImageProcessor", 384 * 384, 1536 * 1536, 0, 0, (), ("image",), rounds=True)


def resized(whole: Reader, r: Reader, of: Resizing = QWEN2_VL, *, window: int = 0, frames: int | None = None) -> Media:
    """Return the rule of pictures and videos that are resized to whole merged patches.

    Settings: `size.shortest_edge` and `size.longest_edge`, pixels in all, or `min_pixels` and `max_pixels`. A patch has
    as many `frames` as its encoder's config says, if no number is given.
    """

    def made(images: Settings) -> Media:
        videos = Settings(whole, "video")
        least, most = ("min_pixels", "size.shortest_edge"), ("max_pixels", "size.longest_edge")
        return SmartResize(
            patch_size=int(r.size("patch_size")),
            merge_size=int(r.size("spatial_merge_size")),
            temporal_patch_size=int(r.size("temporal_patch_size")) if frames is None else frames,
            least_pixels=images.integer(*least, default=of.least),
            most_pixels=images.integer(*most, default=of.most),
            least_video_pixels=videos.integer(*least, default=of.least_video) if of.most_video else 0,
            most_video_pixels=videos.integer(*most, default=of.most_video) if of.most_video else 0,
            counts=of.counts,
            widens=of.widens,
            rounds=of.rounds,
            window=window,
            origin=origin(images, of.name),
        )

    return rule(whole, "image", made)


def shrunk(whole: Reader, r: Reader, *, merge: int, marked: bool = True) -> Media:
    """Return the rule of pictures that are shrunk to a longest side, all of a step in one sequence with a mask.

    Settings: `size.longest_edge` and `patch_size`, by default those of `PixtralImageProcessor`. Rows of patches are
    `marked` by a token behind each, and sides whole merged patches, unless the language model gets none (LightOnOCR).
    """

    def made(images: Settings) -> Media:
        return LongestEdge(
            patch_size=int(r.size("patch_size")),
            merge_size=merge,
            factor=int(r.size("patch_size")) * merge
            if marked
            else images.integer("patch_size", "patch_size.height", default=16),
            longest_edge=images.integer("size.longest_edge", default=1024),
            joined=True,
            marked=marked,
            origin=origin(images, "PixtralImageProcessor"),
        )

    return rule(whole, "image", made)
