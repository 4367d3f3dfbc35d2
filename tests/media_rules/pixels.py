"""Rules of pictures that are seen whole: resized between bounds, to one size, or as they are."""

from __future__ import annotations

from itertools import product
from math import ceil, floor, sqrt
from typing import Any

Settings = dict[str, Any]


def between_pixels(height: float, width: float, factor: int, least: float, most: float) -> tuple[int, int]:
    """Return the nearest multiples of `factor`, shrunk or grown until their product is between two."""
    near = round(height / factor) * factor, round(width / factor) * factor
    if near[0] * near[1] > most:
        scale = sqrt(height * width / most)
        return max(factor, floor(height / scale / factor) * factor), max(factor, floor(width / scale / factor) * factor)
    if near[0] * near[1] < least:
        scale = sqrt(least / (height * width))
        return ceil(height * scale / factor) * factor, ceil(width * scale / factor) * factor
    return near


def merged(s: Settings, own: Settings, height: int, width: int) -> int:
    """Patches by the square of `merge_size`, pixels between `size`'s two numbers (Qwen2-VL)."""
    factor = s["patch_size"] * s["merge_size"]
    rows, columns = between_pixels(height, width, factor, s["size"]["shortest_edge"], s["size"]["longest_edge"])
    return rows * columns // factor**2


def grown(s: Settings, own: Settings, height: int, width: int) -> int:
    """The same, of a picture that is first grown to at least one merged patch each way (PaddleOCR)."""
    factor = s["patch_size"] * s["merge_size"]
    if height < factor:
        height, width = factor, round(width * factor / height)
    if width < factor:
        height, width = round(height * factor / width), factor
    return merged(s, own, height, width)


def by_frames(s: Settings, own: Settings, height: int, width: int) -> int:
    """The same with pixels of `temporal_patch_size` frames, which a picture is repeated to (GLM-4V)."""
    factor = s["patch_size"] * s["merge_size"]
    aligned = factor * s.get("patch_expand_factor", 1)
    if min(height, width) < aligned:
        scale = max(aligned / height, aligned / width)
        height, width = int(height * scale), int(width * scale)
    frames = s["temporal_patch_size"]
    least, most = (s["size"][edge] / frames for edge in ("shortest_edge", "longest_edge"))
    rows, columns = between_pixels(height, width, aligned, least, most)
    return rows * columns // factor**2


def padded_up(s: Settings, own: Settings, height: int, width: int) -> int:
    """Each side up to a multiple, tokens between two numbers; above, the largest height that fits (GLM-5)."""
    factor = s["patch_size"] * s["merge_size"]
    aligned = factor * s["patch_expand_factor"]
    budget = s["max_image_tokens"] * (aligned // factor) ** 2 * factor**2
    least = s["min_image_tokens"] * (aligned // factor) ** 2 * factor**2

    def up(side: float) -> int:
        return ceil(side / aligned) * aligned

    rows, columns = up(height), up(width)
    if rows * columns < least:
        scale = sqrt(least / (height * width))
        rows, columns = up(max(1, ceil(height * scale))), up(max(1, ceil(width * scale)))
    if rows * columns > budget:
        low, high, rows, columns = 1, height, aligned, aligned
        while low <= high:
            middle = (low + high) // 2
            sides = up(middle), up(max(1, floor(width * middle / height)))
            if sides[0] * sides[1] <= budget:
                (rows, columns), low = sides, middle + 1
            else:
                high = middle - 1
    return rows * columns // factor**2


def with_breaks(s: Settings, own: Settings, height: int, width: int) -> int:
    """As Qwen2-VL's, and a token after each row of merged patches (HY-V4)."""
    factor = s["patch_size"] * s["merge_size"]
    rows, columns = between_pixels(height, width, factor, s["size"]["shortest_edge"], s["size"]["longest_edge"])
    return (rows // factor) * (columns // factor + 1)


def with_breaks_and_ends(s: Settings, own: Settings, height: int, width: int) -> int:
    """The same and one before and one after (HunYuan-VL)."""
    return with_breaks(s, own, height, width) + 2


def most_patches(s: Settings, own: Settings, height: int, width: int) -> int:
    """Scaled down to `max_patches` and `size.max_height` patches a side, then padded up (Kimi-K2.5)."""
    patch, side = s["patch_size"], s["size"]["max_height"] * s["patch_size"]
    patches = max(1, height // patch) * max(1, width // patch)
    scale = min(1.0, sqrt(s["max_patches"] / patches), side / height, side / width)
    factor = patch * s["merge_size"]
    return ceil(min(max(1, int(height * scale)), side) / factor) * ceil(min(max(1, int(width * scale)), side) / factor)


def nearest_shape(s: Settings, own: Settings, height: int, width: int) -> int:
    """Of the four grids around the ideal one, that of the nearest shape within `max_image_tokens` (Muse)."""
    side, most = s["patch_size"] * s["merge_size"], s["max_image_tokens"]
    rows, columns = height / side, width / side
    if rows * columns > most:
        shape = columns / rows
        rows = (most / shape) ** 0.5
        columns = rows * shape
    around = set(product((floor(rows), ceil(rows)), (floor(columns), ceil(columns))))
    grids = [(r, c) for r, c in around if min(r, c) >= 1 and r * c <= most]
    r, c = min(
        grids or [(max(1, round(rows)), max(1, round(columns)))], key=lambda g: abs(g[0] / g[1] - height / width)
    )
    return int(r * c)


def pooled(s: Settings, own: Settings, height: int, width: int) -> int:
    """As large as `max_soft_tokens` pools allow, sides down to a multiple of a pool (Gemma 4)."""
    pool = s["pooling_kernel_size"]
    side = pool * s["patch_size"]
    scale = sqrt(s["max_soft_tokens"] * pool**2 * s["patch_size"] ** 2 / (height * width))
    rows, columns = floor(height * scale / side), floor(width * scale / side)
    if rows == 0:
        rows, columns = 1, min(width // height, s["max_soft_tokens"])
    elif columns == 0:
        rows, columns = min(height // width, s["max_soft_tokens"]), 1
    return rows * columns


def longest_edge(s: Settings, own: Settings, height: int, width: int) -> int:
    """Within a longest edge, sides up to a multiple of a merged patch (Pixtral)."""
    patch = own.get("patch_size", s["patch_size"])
    patch = patch["height"] if isinstance(patch, dict) else patch
    side = patch * own.get("spatial_merge_size", 1)
    ratio = max(height, width) / s["size"]["longest_edge"]
    if ratio > 1:
        height, width = floor(height / ratio), floor(width / ratio)
    return ((height - 1) // side + 1) * ((width - 1) // side + 1)


def merged_down(s: Settings, own: Settings, height: int, width: int) -> int:
    """Within a longest edge, sides up to a multiple of a patch; merged patches that are whole (LightOn OCR)."""
    patch, side = own["patch_size"], own["patch_size"] * own["spatial_merge_size"]
    ratio = max(height, width) / s["size"]["longest_edge"]
    if ratio > 1:
        height, width = floor(height / ratio), floor(width / ratio)
    return (((height - 1) // patch + 1) * patch // side) * (((width - 1) // patch + 1) * patch // side)


def clamped(s: Settings, own: Settings, height: int, width: int) -> int:
    """Patches between two numbers, sides to whole merged patches (Nemotron-H Omni)."""
    patch, least, most = s["patch_size"], s["min_num_patches"], s["max_num_patches"]
    merge = round(1 / s["downsample_ratio"])
    rows, columns = round(height / patch + 0.5), round(width / patch + 0.5)
    scale = min(sqrt(most / (rows * columns)), 1.0)
    rows, columns = floor(scale * rows), floor(scale * columns)
    if most > least and rows * columns < least:
        scale = sqrt(least / (rows * columns))
        rows, columns = ceil(scale * rows), ceil(scale * columns)

    def even(count: int, other: int) -> int:
        rest = count % merge
        up = count + (merge - rest) % merge
        return up if up * other <= most or not rest else max(merge, count - rest)

    rows = even(rows, columns)
    return rows * even(columns, rows) // merge**2


def codes(s: Settings, own: Settings, height: int, width: int) -> int:
    """Codes of a picture between two numbers of pixels (Apertus 1.5)."""
    factor = s["spatial_factor"]
    rows, columns = between_pixels(height, width, factor, s["size"]["min_pixels"], s["size"]["max_pixels"])
    return rows * columns // factor**2


def codes_with_ends(s: Settings, own: Settings, height: int, width: int) -> int:
    """The same with an end of each row (Emu3)."""
    rows, columns = between_pixels(height, width, 8, own["min_pixels"], own["max_pixels"])
    return (rows // 8) * (columns // 8 + 1)


def one_more_column(s: Settings, own: Settings, height: int, width: int) -> int:
    """Patches of 40 pixels, and a column of padding always (Inkling)."""
    side = s["size"]["height"]
    if s["rescale_image_frac"] is not None:
        most = max(s["rescale_image_max_upscaled_long_edge"], height, width)
        ratio = min(max(height, width) * s["rescale_image_frac"], most) / max(height, width)
        height, width = floor(height * ratio + 0.5), floor(width * ratio + 0.5)
    return int(ceil(height / side) * (width // side + 1))


def cells(s: Settings, own: Settings, height: int, width: int) -> int:
    """Patches of 40 pixels, begun ones too (Inkling 2)."""
    return int(ceil(height / s["size"]["height"]) * ceil(width / s["size"]["width"]))


def fixed(s: Settings, own: Settings, height: int, width: int) -> int:
    """The same number of tokens for each picture, which a config or the processor says."""
    return int(own["tokens"])


def square(s: Settings, own: Settings, height: int, width: int) -> int:
    """Patches of the square that each picture is cut to (LLaVA)."""
    side = s.get("crop_size") or s["size"]
    return int((side["height"] // own["patch_size"]) ** 2)


def pan_and_scan(s: Settings, own: Settings, height: int, width: int) -> int:
    """All of it, and where asked crops along the longer side of a picture that is long enough (Gemma 3)."""
    short, long = sorted((height, width))
    crops = 0
    if s["do_pan_and_scan"] and long / short >= s["pan_and_scan_min_ratio_to_activate"]:
        least = s["pan_and_scan_min_crop_size"]
        crops = min(max(2, min(long // least, floor(long / short + 0.5))), s["pan_and_scan_max_num_crops"])
        if min(ceil(long / crops), short) < least:
            crops = 0
    return int((1 + crops) * own["tokens"])


def split(s: Settings, own: Settings, height: int, width: int) -> int:
    """So many tokens, and where asked four quarters besides (Idefics 2)."""
    return int(own["tokens"] * (5 if s["do_image_splitting"] else 1))
