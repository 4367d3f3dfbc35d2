"""Rules of pictures and videos that are resized to whole patches, with the defaults of each class of processors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.spec.media.grids import BrokenRows, HalvedSides, LargestGrid, NearestGrid
from llmsim_adapters.spec.media.pictures import LongestEdge, MostPatches, PooledPatches, SmartResize
from llmsim_adapters.spec.media.refused import Refused

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media


class Resizing(NamedTuple):
    """A class of processors of pictures, and that of videos beside it, with the pixels that they leave a picture.

    `counts` says of which items a limit is that of all frames together; a still picture has `temporal_patch_size`. A
    class of whole processors `overrules` what files say of videos' pixels: it gives them in each call.
    """

    name: str
    least: int
    most: int
    least_video: int
    most_video: int
    counts: tuple[str, ...] = ()
    widens: tuple[str, ...] = ()
    rounds: bool = False
    overrules: bool = False
    expands: bool = False
    name_of_videos: str = ""


_OF_VIDEOS: Final = (("video",), ("video",))
_OF_BOTH: Final = (("image", "video"), ("image", "video"))

QWEN2_VL: Final = Resizing("Qwen2VLImageProcessor", 56 * 56, 1280 * 28 * 28, 128 * 28 * 28, 768 * 28 * 28)
QWEN3_VL: Final = Resizing(
    "Qwen2VLImageProcessor", 56 * 56, 1280 * 28 * 28, 128 * 32 * 32, 768 * 32 * 32, *_OF_VIDEOS
)._replace(name_of_videos="Qwen3VLVideoProcessor")
QWEN3_OMNI: Final = QWEN2_VL._replace(least_video=128 * 32 * 32, most_video=768 * 32 * 32, overrules=True)
GLM4V: Final = Resizing("Glm4vImageProcessor", 112 * 112, 15000 * 28 * 28, 112 * 112, 60000 * 28 * 28, *_OF_BOTH)
COSMOS3_EDGE: Final = Resizing("Cosmos3EdgeImageProcessor", 256 * 256, 4096 * 4096, 64 * 64, 24 * 2**20, *_OF_BOTH)
DOTS3_NOTE: Final = QWEN2_VL._replace(least_video=0, most_video=0)
DOTS_OCR: Final = DOTS3_NOTE._replace(name="Qwen2VLImageProcessor", most=11289600)
GLMGA: Final = GLM4V._replace(name="GlmgaImageProcessor", expands=True)
ERNIE4_5_VL: Final = Resizing("Ernie4_5_VLMoeImageProcessor", 56 * 56, 6177 * 28 * 28, 299 * 28 * 28, 1196 * 28 * 28)
MINIMAX_M3_VL: Final = Resizing("MiniMaxM3VLImageProcessor", 4 * 28 * 28, 451584, 0, 0)
VIDEO_LLAMA_3: Final = Resizing("VideoLlama3ImageProcessor", 56 * 56, 1280 * 28 * 28, 0, 0)
PADDLEOCR: Final = Resizing("PaddleOCRVLImageProcessor", 384 * 384, 1536 * 1536, 0, 0, (), ("image",), rounds=True)


LEAST_PIXELS: Final = ("min_pixels", "size.shortest_edge")
MOST_PIXELS: Final = ("max_pixels", "size.longest_edge")
"""The settings of the fewest and the most pixels, an older name and today's."""


def resized(
    whole: Reader,
    r: Reader,
    of: Resizing = QWEN2_VL,
    *,
    window: int = 0,
    frames: int | None = None,
    merge: int | None = None,
    text: int = 0,
    kind: type[SmartResize] = SmartResize,
) -> Media:
    """Return the rule of pictures and videos that are resized to whole merged patches.

    Settings: `size.shortest_edge` and `size.longest_edge`, pixels in all, or `min_pixels` and `max_pixels`. A patch has
    as many `frames` as its encoder's config says, and `merge` squared patches are one token, if no numbers are given.
    Of a class that `expands`, sides are multiples of `patch_expand_factor` merged patches.
    Beside each picture stand `text` tokens.
    """

    def made(images: Settings) -> Media:
        videos = Settings(whole, "video")
        least, most = LEAST_PIXELS, MOST_PIXELS
        said = of.most_video and not of.overrules
        side = merge if merge is not None else int(r.size("spatial_merge_size"))
        return kind(
            patch_size=images.integer("patch_size", default=int(r.size("patch_size"))),
            merge_size=images.integer("merge_size", default=side),
            text=text,
            temporal_patch_size=int(r.size("temporal_patch_size")) if frames is None else frames,
            least_pixels=images.integer(*least, default=of.least),
            most_pixels=images.integer(*most, default=of.most),
            least_video_pixels=videos.integer(*least, default=of.least_video) if said else of.least_video,
            most_video_pixels=videos.integer(*most, default=of.most_video) if said else of.most_video,
            counts=of.counts,
            widens=of.widens,
            rounds=of.rounds,
            window=window,
            expand=images.integer("patch_expand_factor", default=1) if of.expands else 1,
            origin=origin(images, of.name),
            video_origin=origin(videos, of.name_of_videos or of.name.replace("Image", "Video")) if said else "",
        )

    return rule(whole, "image", made)


def nearest_grid(whole: Reader, r: Reader, *, window: int, text: int) -> Media:
    """Return the rule of the grid of tokens whose aspect is nearest to a picture's. Setting: `max_image_tokens`."""

    def made(images: Settings) -> Media:
        return NearestGrid(
            patch_size=images.integer("patch_size", default=int(r.size("patch_size"))),
            merge_size=images.integer("merge_size", default=int(r.size("spatial_merge_size"))),
            temporal_patch_size=int(r.size("temporal_patch_size")),
            most_tokens=images.integer("max_image_tokens", default=4096),
            window=window,
            text=text,
            origin=origin(images, "MuseGlimmerImageProcessor"),
        )

    return rule(whole, "image", made)


def largest_grid(whole: Reader, r: Reader, *, kind: Literal["image", "video"] = "image", most: int = 8000) -> Media:
    """Return the rule of the largest grid within a number of tokens, by default `most`, of pictures or videos.

    Settings: `min_image_tokens`, `max_image_tokens`, `patch_expand_factor`.
    """

    def made(items: Settings) -> Media:
        return LargestGrid(
            patch_size=items.integer("patch_size", default=int(r.size("patch_size"))),
            merge_size=items.integer("merge_size", default=int(r.size("spatial_merge_size"))),
            temporal_patch_size=int(r.size("temporal_patch_size")),
            least_tokens=items.integer("min_image_tokens", default=16),
            most_tokens=items.integer("max_image_tokens", default=most),
            expand=items.integer("patch_expand_factor", default=1),
            origin=origin(items, f"Glm5Next{kind.title()}Processor"),
        )

    return rule(whole, kind, made)


def halved(whole: Reader, r: Reader) -> Media:
    """Return the rule of pictures of half their sides, scaled to be within bounds before (GLM-Image).

    Settings: `size.shortest_edge` and `size.longest_edge`, pixels in all, or `min_pixels` and `max_pixels`.
    """

    def made(images: Settings) -> Media:
        return HalvedSides(
            patch_size=images.integer("patch_size", default=int(r.size("patch_size"))),
            merge_size=images.integer("merge_size", default=int(r.size("spatial_merge_size"))),
            least_pixels=images.integer(*LEAST_PIXELS, default=56 * 56),
            most_pixels=images.integer(*MOST_PIXELS, default=1280 * 28 * 28),
            origin=origin(images, "GlmImageImageProcessor"),
        )

    return rule(whole, "image", made)


def broken(whole: Reader, r: Reader, *, ends: int = 0, text: int = 0) -> Media:
    """Return the rule of pictures whose rows end in a token, with so many `ends` of the encoder's and `text` around.

    Settings: `size.shortest_edge` and `size.longest_edge`, or `min_pixels` and `max_pixels`.
    """

    def made(images: Settings) -> Media:
        return BrokenRows(
            patch_size=images.integer("patch_size", default=int(r.size("patch_size"))),
            merge_size=images.integer("merge_size", default=int(r.size("spatial_merge_size"))),
            least_pixels=images.integer("min_pixels", "size.shortest_edge", default=512 * 512),
            most_pixels=images.integer("max_pixels", "size.longest_edge", default=2048 * 2048),
            ends=ends,
            text=text,
            origin=origin(images, "HYV4VLImageProcessor"),
        )

    return rule(whole, "image", made)


def shrunk(
    whole: Reader, r: Reader, *, merge: int, marked: bool = True, longest: int = 1024, padded: bool = True
) -> Media:
    """Return the rule of pictures that are shrunk to a longest side, all of a step in one sequence with a mask.

    Settings: `size.longest_edge`, which is `longest` by default, and `patch_size`, as in `PixtralImageProcessor`. Rows
    of patches are `marked` by a token behind each, and sides whole merged patches, unless the language model gets none
    (LightOnOCR). Pictures are `padded` to the largest before they are embedded.
    """

    def made(images: Settings) -> Media:
        return LongestEdge(
            patch_size=int(r.size("patch_size")),
            merge_size=merge,
            factor=int(r.size("patch_size")) * merge
            if marked
            else images.integer("patch_size", "patch_size.height", default=16),
            longest_edge=images.integer("size.longest_edge", default=longest),
            joined=True,
            marked=marked,
            padded=padded,
            origin=origin(images, "PixtralImageProcessor"),
        )

    return rule(whole, "image", made)


def pooled(whole: Reader, r: Reader, *, together: bool = False) -> Media:
    """Return the rule of pictures that fill a number of patches, which are averaged (Gemma 4), or taken `together`.

    Settings: `max_soft_tokens`, `pooling_kernel_size`.
    """

    def made(images: Settings) -> Media:
        pool = images.integer("pooling_kernel_size", default=int(r.size("pooling_kernel_size")))
        return PooledPatches(
            patch_size=int(r.size("patch_size")) * (pool if together else 1),
            pool=1 if together else pool,
            most_tokens=images.integer("max_soft_tokens", default=280),
            origin=origin(images, "Gemma4UnifiedImageProcessor" if together else "Gemma4ImageProcessor"),
        )

    return rule(whole, "image", made)


def navit(
    whole: Reader,
    r: Reader,
    merge: tuple[int, int],
    *,
    most: int = 16384,
    of: str = "Kimi_K25ImageProcessor",
    refuses: bool = False,
) -> Media:
    """Return the rule of pictures that are shrunk to a number of patches, in all and on a side (Kimi's MoonViT).

    Settings: `max_patches`, `size.max_height`; of Kimi-K2.5's own processor `media_proc_cfg.in_patch_limit` and
    `patch_limit_on_one_side`; of Kimi-VL's `in_token_limit`, which `refuses` sides that are too long, and `pad_input`.
    """

    def made(images: Settings) -> Media:
        own = "media_proc_cfg."
        if images.integer(f"{own}fixed_output_tokens", default=0):
            return Refused(reason="`fixed_output_tokens` scales pictures otherwise than the rule that is known")
        if not images.flag("pad_input", default=True):
            return Refused(
                reason="without `pad_input` pictures are cut to whole patches, of which no merges may be whole"
            )
        return MostPatches(
            patch_size=int(r.size("patch_size")),
            merge=merge,
            most_patches=images.integer("max_patches", f"{own}in_patch_limit", "in_token_limit", default=most),
            most_on_a_side=images.integer("size.max_height", f"{own}patch_limit_on_one_side", default=512),
            refused=refuses,
            origin=origin(images, of),
        )

    return rule(whole, "image", made)
