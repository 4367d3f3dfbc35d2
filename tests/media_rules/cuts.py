"""Rules of pictures that are cut in ways of their own."""

from __future__ import annotations

from math import ceil, floor, inf, log, sqrt
from typing import TYPE_CHECKING

from .grids import grids, nearest_grid

if TYPE_CHECKING:
    from .pixels import Settings


def slices(s: Settings, own: Settings, height: int, width: int) -> int:
    """All of it, and slices of the nearest grid, each refined to whole merged patches (MiniCPM-V)."""
    scale, merge = s["scale_resolution"], 2 if s["downsample_mode"] == "4x" else 4
    side = s["patch_size"] * merge

    def whole(length: float) -> int:
        return max(round(length / side) * side, side)

    def refined(h: float, w: float, grow: bool) -> int:
        if h * w > scale**2 or grow:
            shape = w / h
            h = int(scale / sqrt(shape))
            w = int(h * shape)
        return whole(h) * whole(w) // side**2

    wanted = min(ceil(width * height / scale**2), s["max_slice_nums"])
    if not s["slice_mode"] or wanted <= 1:
        return refined(height, width, True)
    best, error = (1, 1), inf
    for number in (wanted - 1, wanted, wanted + 1):
        if number == 1 or number > s["max_slice_nums"]:
            continue
        for rows in (r for r in range(1, number + 1) if number % r == 0):
            found = abs(log(width / height) - log(number / rows / rows))
            if found < error or (found == error and rows > best[0]):
                best, error = (rows, number // rows), found
    rows, columns = best
    each = refined(
        max(round(height / rows) * rows, rows) / rows, max(round(width / columns) * columns, columns) / columns, True
    )
    return refined(height, width, False) + rows * columns * each


def lfm2(s: Settings, own: Settings, height: int, width: int) -> int:
    """Whole merged patches between two numbers of tokens; a picture far above is cut into tiles (LFM2-VL)."""
    patch, merge = s["encoder_patch_size"], s["downsample_factor"]
    side = patch * merge
    near = max(patch, round(height / side) * side), max(patch, round(width / side) * side)
    least, most = s["min_image_tokens"] * side**2, s["max_image_tokens"] * side**2
    rows, columns = max(side, near[0]), max(side, near[1])
    if rows * columns > most:
        scale = sqrt(height * width / most)
        rows, columns = (max(side, floor(each / scale / side) * side) for each in (height, width))
    elif rows * columns < least:
        scale = sqrt(least / (height * width))
        rows, columns = (ceil(each * scale / side) * side for each in (height, width))
    whole = (rows // side) * (columns // side)
    if not s["do_image_splitting"] or near[0] * near[1] <= most * s["max_pixels_tolerance"]:
        return whole
    across, down = nearest_grid(height, width, s["tile_size"], grids(s["min_tiles"], s["max_tiles"]))
    tiles = across * down
    return tiles * ceil(s["tile_size"] // patch / merge) ** 2 + (whole if s["use_thumbnail"] and tiles > 1 else 0)


def step3p7(s: Settings, own: Settings, height: int, width: int) -> int:
    """169 for all of it, 81 a window of a size that the shape decides (Step3)."""
    if min(height, width) < 32 and max(width / height, height / width) > 4:
        height = width = max(height, width)
    if max(height, width) > s["max_image_size"]:
        scale = s["max_image_size"] / max(height, width)
        height, width = int(height * scale), int(width * scale)
    short, long = sorted((height, width))
    if long <= s["size"]["height"]:
        window = short if long / short > 1.5 else 0
    else:
        window = min(short, s["patch_size"]) if long / short > 4 else s["patch_size"]

    def times(side: int) -> int:
        return max(1, side // window + (side % window > 0.2 * window)) if side >= window else 1

    def tokens(side: int) -> int:
        return int(ceil(ceil(side // s["vision_patch_size"] / 2) / 2) ** 2)

    crops = times(height) * times(width) if window else 0
    return tokens(s["size"]["height"]) + tokens(s["patch_size"]) * crops


def overlapping(s: Settings, own: Settings, height: int, width: int) -> int:
    """Pools of all of it, and of crops that overlap by margins (Molmo 2)."""
    side, patch, (down, across) = s["size"]["height"], s["patch_size"], s["pooling_size"]
    margin = sum(s["overlap_margins"])
    window = (side // patch - margin) * patch
    inner = height - margin * patch, width - margin * patch
    tilings = sorted(((r, c) for c, r in grids(1, s["max_crops"])), key=lambda grid: (grid[0] * grid[1], grid[0]))
    scales = {grid: min(grid[0] * window / inner[0], grid[1] * window / inner[1]) for grid in tilings}
    enough = {grid: scale for grid, scale in scales.items() if scale >= 1}
    rows, columns = min(enough, key=enough.__getitem__) if enough else max(scales, key=scales.__getitem__)

    def pools(r: int, c: int) -> int:
        return ceil(r / down) * ceil(c / across)

    crops = pools(rows * window // patch + margin, columns * window // patch + margin)
    return pools(side // patch, side // patch) + crops


def padded_tiles(s: Settings, own: Settings, height: int, width: int) -> int:
    """Tiles that cover a picture, without what is padding, a break a row; and all of it (Phi-4 multimodal)."""
    tile, patch = s["size"]["height"], s["patch_size"]
    side = tile // patch
    columns, rows = ceil(width / tile), ceil(height / tile)
    if columns * rows > s["dynamic_hd"]:
        columns, rows = nearest_grid(height, width, tile, grids(1, s["dynamic_hd"]))
    scale = min(columns * tile / width, rows * tile / height)

    def seen(tiles: int, length: int, other: bool) -> int:
        padding = tiles * tile - (int(length * scale) if other else tiles * tile)
        left = tiles * side - padding // patch
        return sum(ceil(max(0, min(side, left - tile_ * side)) / 2) for tile_ in range(tiles))

    wide = columns * tile / width < rows * tile / height
    across, down = seen(columns, width, not wide), seen(rows, height, wide)
    half = side // 2
    return half * (half + 1) + 1 + down * (across + 1)


def largest_canvas(s: Settings, own: Settings, height: int, width: int) -> int:
    """Tiles of the canvas in which a picture grows the most, and all of it (Perception LM)."""
    tile, most = s["tile_size"], s["max_num_tiles"]
    per_tile = (tile // own["patch_size"] // own.get("pooling_ratio", 2)) ** 2
    if s["vision_input_type"] != "thumb+tile":
        return int(per_tile)
    found: dict[float, list[tuple[int, int]]] = {}
    for tiles in range(most, 0, -1):
        for columns in (c for c in range(1, tiles + 1) if tiles % c == 0):
            found.setdefault(columns / (tiles // columns), []).append((columns, tiles // columns))
    shape = width / height

    def drawn(grid: tuple[int, int]) -> float:
        scale = min(grid[0] * tile / width, grid[1] * tile / height)
        if shape > 1:
            return floor(scale * width / shape)
        return floor(scale * height * shape) if shape < 1 else scale * height

    best: tuple[int, int] | None = None
    for grid in (g for each in found.values() for g in each):
        fits = grid[0] * tile >= width and grid[1] * tile >= height
        if fits and (best is None or drawn(grid) >= drawn(best)):
            best = grid
    if best is None and shape >= 1:
        best = max(found[max(each for each in found if each <= shape)])
    elif best is None:
        best = max(found[min(each for each in found if each > shape)], key=lambda grid: grid[1])
    assert best is not None
    return int((best[0] * best[1] + 1) * per_tile)
