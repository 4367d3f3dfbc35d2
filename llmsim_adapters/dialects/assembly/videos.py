"""Rules of videos that are not those of an encoder's pictures, from the settings of processors of videos.

Frames are those that are sampled. What text stands between them, as their times, is the tokenizer's to say.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import class_tokens, origin, rule, square
from llmsim_adapters.dialects.assembly.resizing import LEAST_PIXELS, MOST_PIXELS
from llmsim_adapters.dialects.assembly.tower import patches_per_side
from llmsim_adapters.spec.media.grids import FittingRows
from llmsim_adapters.spec.media.pictures import MostPatches, PooledPatches, SmartResize
from llmsim_adapters.spec.media.refused import Refused
from llmsim_adapters.spec.media.videos import Chunks, FrameByFrame, WithVideos

if TYPE_CHECKING:
    from llmsim_adapters.dialects.assembly.media import Settings
    from llmsim_adapters.dialects.assembly.tower import Tower
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.grids import NearestGrid
    from llmsim_adapters.spec.media.media import Media


def with_videos(pictures: Media, videos: Media) -> Media:
    """Return the rule of an encoder that has one for pictures and one for videos."""
    return WithVideos(
        pictures=pictures,
        videos=videos,
        joined=pictures.joined,
        mutual=pictures.mutual,
        origin=pictures.origin,
    )


def tile_a_frame(vision: Tower, *, merge: int = 1, whole: bool = False) -> Media:
    """Return the rule of videos whose frames are a tile each, `merge` squared patches of which are one token.

    Where frames are taken `whole`, their class tokens are tokens, too.
    """
    r = vision.r
    side, extra = patches_per_side(r), class_tokens(vision.stack)
    tokens = side * side // (merge * merge) + (extra if whole else 0)
    return FrameByFrame(frame=square(r, tokens=tokens, extra=extra))


def halved_frames(vision: Tower) -> Media:
    """Return the rule of frames that shrink to half their sides, rounded up, with one trained vector at the end.

    `apply_pooling` of transformers' `LlavaOnevisionModel`; the projector has run on all patches before.
    """
    across = int(patches_per_side(vision.r))
    side = -(-across // 2)
    frame = square(vision.r, tokens=side * side, extra=class_tokens(vision.stack))
    return FrameByFrame(frame=replace(frame, named=(("projected", across * across),)), ends=1)


def averaged_frames(vision: Tower, stride: int) -> Media:
    """Return the rule of frames of whose patches `stride` squared ones are pooled before they are projected.

    `LlavaNextVideoPooler` of transformers.
    """
    side = int(patches_per_side(vision.r)) // stride
    tokens = side * side
    frame = square(vision.r, tokens=tokens, extra=class_tokens(vision.stack))
    return FrameByFrame(frame=replace(frame, named=(("projected", tokens),)))


def grid_of_frames(pictures: NearestGrid, whole: Reader) -> Media:
    """Return the rule of frames in the grid nearest to their aspect, by pairs. Setting: `max_video_frame_tokens`."""

    def made(videos: Settings) -> Media:
        most = videos.integer("max_video_frame_tokens", default=144)
        return replace(pictures, most_tokens=most, video_origin=origin(videos, "MuseGlimmerVideoProcessor"))

    return rule(whole, "video", made)


def broken_frames(whole: Reader, r: Reader) -> Media:
    """Return the rule of frames whose rows end in a token, all of a video within a number of pixels.

    Settings of `HYV4VLVideoProcessor`: `size.longest_edge`, `max_image_size.longest_edge`.
    """

    def made(videos: Settings) -> Media:
        return FittingRows(
            patch_size=videos.integer("patch_size", default=int(r.size("patch_size"))),
            merge_size=videos.integer("merge_size", default=int(r.size("spatial_merge_size"))),
            most_pixels=videos.integer("size.longest_edge", default=2**25),
            most_of_a_frame=videos.integer("max_image_size.longest_edge", default=2**20),
            video_origin=origin(videos, "HYV4VLVideoProcessor"),
        )

    return rule(whole, "video", made)


def pooled_frames(whole: Reader, r: Reader, *, together: bool = False) -> Media:
    """Return the rule of frames that each fill a number of patches, averaged or `together` (`Gemma4VideoProcessor`).

    Settings: `max_soft_tokens`, `pooling_kernel_size`.
    """

    def made(videos: Settings) -> Media:
        pool = videos.integer("pooling_kernel_size", default=int(r.size("pooling_kernel_size")))
        frame = PooledPatches(
            patch_size=int(r.size("patch_size")) * (pool if together else 1),
            pool=1 if together else pool,
            most_tokens=videos.integer("max_soft_tokens", default=70),
        )
        return FrameByFrame(frame=frame, origin=origin(videos, "Gemma4VideoProcessor"))

    return rule(whole, "video", made)


def shared_pixels(whole: Reader, r: Reader) -> Media:
    """Return the rule of videos whose frames share the most pixels, `merge_size` squared patches of which are a token.

    Settings of `VideoLlama3VideoProcessor`: `size`, or `min_pixels` and `max_pixels`, `merge_size`,
    `temporal_patch_size`.
    """

    def made(videos: Settings) -> Media:
        least, most = (
            videos.integer(*keys, default=pixels * 28 * 28)
            for keys, pixels in ((LEAST_PIXELS, 128), (MOST_PIXELS, 768))
        )
        return SmartResize(
            patch_size=videos.integer("patch_size", default=int(r.size("patch_size"))),
            merge_size=videos.integer("merge_size", default=2),
            temporal_patch_size=videos.integer("temporal_patch_size", default=1),
            least_pixels=least,
            most_pixels=most,
            least_video_pixels=least,
            most_video_pixels=most,
            divides=True,
            video_origin=origin(videos, "VideoLlama3VideoProcessor"),
        )

    return rule(whole, "video", made)


def chunked_frames(whole: Reader, r: Reader, merge: tuple[int, int]) -> Media:
    """Return the rule of videos of which four frames at a time attend together (Kimi's MoonViT).

    Settings: `max_patches`, `size.max_height`, `temporal_patch_size`; of Kimi-K2.5's own processor
    `media_proc_cfg.in_patch_limit_each_frame`, `patch_limit_on_one_side` and `temporal_merge_kernel_size`.
    """

    def made(videos: Settings) -> Media:
        own = "media_proc_cfg."
        if videos.integer(f"{own}in_patch_limit_video", default=0, least=0):
            return Refused(
                reason="`media_proc_cfg.in_patch_limit_video` bounds all frames together, which is not modelled"
            )
        frame = MostPatches(
            patch_size=int(r.size("patch_size")),
            merge=merge,
            most_patches=videos.integer("max_patches", f"{own}in_patch_limit_each_frame", default=4096),
            most_on_a_side=videos.integer("size.max_height", f"{own}patch_limit_on_one_side", default=512),
        )
        frames = videos.integer("temporal_patch_size", f"{own}temporal_merge_kernel_size", default=4)
        return Chunks(frame=frame, frames=frames, origin=origin(videos, "Kimi_K25VideoProcessor"))

    return rule(whole, "video", made)
