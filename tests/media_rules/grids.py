"""Rules of pictures that are cut into tiles of the grid that suits them best."""

from __future__ import annotations

from itertools import product
from math import ceil, inf, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .pixels import Settings


def grids(least: int, most: int, side: int = 10**9) -> list[tuple[int, int]]:
    """Columns and rows of tiles, at most `side` each way, from few tiles to many."""
    longest = range(1, min(most, side) + 1)
    found = [(c, r) for c in longest for r in longest if least <= c * r <= most]
    return sorted(found, key=lambda grid: grid[0] * grid[1])


def nearest_grid(height: int, width: int, tile: int, candidates: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """The grid whose shape is nearest the picture's; of equals a larger one that it fills to more than half."""
    best, difference = (1, 1), inf
    for columns, rows in candidates:
        found = abs(width / height - columns / rows)
        if found < difference or (found == difference and height * width > 0.5 * tile**2 * columns * rows):
            best, difference = (columns, rows), found
    return best


def tiled(s: Settings, own: Settings, height: int, width: int) -> int:
    """Tiles of the nearest grid, and all of it once more where they are several; `per_tile` each (InternVL)."""
    tiles = 1
    if s["crop_to_patches"]:
        candidates = grids(s["min_patches"], s["max_patches"], own.get("side", 10**9))
        columns, rows = nearest_grid(height, width, s["size"]["height"], candidates)
        tiles = columns * rows
    return int((tiles + (tiles > 1)) * own["per_tile"])


def global_and_crops(s: Settings, height: int, width: int) -> tuple[int, int]:
    """Columns and rows of crops, none where the picture is within one (DeepSeek-OCR)."""
    if not s["crop_to_patches"] or max(height, width) <= s["tile_size"]:
        return 0, 0
    return nearest_grid(height, width, s["tile_size"], grids(s["min_patches"], s["max_patches"]))


def deepseek_ocr2(s: Settings, own: Settings, height: int, width: int) -> int:
    """256 for all of it, 144 a crop, one at the end; a query for 16 x 4 pixels each way."""
    columns, rows = global_and_crops(s, height, width)
    return int(ceil(s["size"]["height"] / 64) ** 2 + ceil(s["tile_size"] / 64) ** 2 * columns * rows + 1)


def unlimited_ocr(s: Settings, own: Settings, height: int, width: int) -> int:
    """The same with a break after each row of queries, crops' rows side by side."""
    columns, rows = global_and_crops(s, height, width)
    whole, crop = ceil(s["size"]["height"] // 16 / 4), ceil(s["tile_size"] // 16 / 4)
    return whole * (whole + 1) + 1 + rows * crop * (columns * crop + 1)


def covering(s: Settings, own: Settings, height: int, width: int) -> int:
    """Tiles of the grid that needs the least enlarging, else the least shrinking (Cohere2 Vision)."""
    if not s["crop_to_patches"]:
        return int(own["per_tile"])
    tile = s["size"]["height"]
    scales = {(c, r): min(c * tile / width, r * tile / height) for c, r in grids(1, s["max_patches"])}
    enough = {grid: scale for grid, scale in scales.items() if scale >= 1}
    best = min(enough, key=enough.__getitem__) if enough else max(scales, key=scales.__getitem__)
    tiles = best[0] * best[1]
    return int((tiles + (tiles > 1)) * own["per_tile"])


def canvas(s: Settings, own: Settings, height: int, width: int) -> int:
    """Tiles of the canvas that needs the least enlarging, of equals the smallest, and all of it (Llama 4)."""
    tile = s["size"]["height"]
    scales = {(c, r): min(c * tile / width, r * tile / height) for c, r in grids(1, s["max_patches"])}
    enough = [scale for scale in scales.values() if scale >= 1]
    least = (max if s["resize_to_max_canvas"] else min)(enough) if enough else max(scales.values())
    tiles = min(c * r for (c, r), scale in scales.items() if abs(scale / least - 1) < 1e-6)
    return int((tiles + (tiles > 1)) * own["per_tile"])


def row_and_column(s: Settings, own: Settings, height: int, width: int) -> int:
    """A longest edge, sides up to a multiple of a tile's, and all of it (Idefics 3)."""
    if not s["do_image_splitting"]:
        return int(own["image_seq_len"])
    longest, tile = s["size"]["longest_edge"], s["max_image_size"]["longest_edge"]
    shape = width / height
    if width >= height:
        width, height = longest, int(longest / shape)
        height += height % 2
        columns = ceil(width / tile)
        rows = ceil(int(columns * tile / (width / height)) / tile)
    else:
        height, width = longest, int(longest * shape)
        width += width % 2
        rows = ceil(height / tile)
        columns = ceil(int(rows * tile * (width / height)) / tile)
    tiles = rows * columns
    return int((tiles + (tiles > 1)) * own["image_seq_len"])


def pinpoint(height: int, width: int, points: list[list[int]]) -> tuple[int, int]:
    """The resolution that keeps most of a picture's pixels, of equals the smallest."""

    def kept(point: list[int]) -> tuple[int, int]:
        scale = min(point[1] / width, point[0] / height)
        pixels = min(int(width * scale) * int(height * scale), height * width)
        return pixels, -(point[0] * point[1] - pixels)

    best = max(points, key=kept)
    return best[0], best[1]


def unpadded(height: int, width: int, rows: int, columns: int) -> tuple[int, int]:
    """What is left of a grid when the padding of a picture of another shape is cut, the same on both sides."""
    if width / height > columns / rows:
        return rows - (rows - int(round(height * (columns / width), 7))) // 2 * 2, columns
    return rows, columns - (columns - int(round(width * (rows / height), 7))) // 2 * 2


def pinpoints(s: Settings, own: Settings, height: int, width: int) -> int:
    """All of it, and the tiles of a pinpoint without padding, a break a row (LLaVA-NeXT)."""
    side = own["side"]
    tile = s["size"].get("shortest_edge") or s["size"]["height"]
    best = pinpoint(height, width, s["image_grid_pinpoints"])
    rows, columns = unpadded(height, width, best[0] // tile * side, best[1] // tile * side)
    if "vision_aspect_ratio" in own:  # LLaVA-OneVision shrinks what is more than so many tiles
        ratio = sqrt(rows * columns / (int(own["vision_aspect_ratio"].removeprefix("anyres_max_")) * side**2))
        if ratio > 1.1:
            rows, columns = int(rows // ratio), int(columns // ratio)
    return int(side**2 + rows * (columns + 1))


def covered(s: Settings, own: Settings, height: int, width: int) -> int:
    """Tiles of the smallest grid that shows enough of a picture's pixels, and all of it (Ovis 2)."""
    if not s["crop_to_patches"]:
        return int(own["per_tile"])
    tile = s["size"]["height"]

    def shown(grid: tuple[int, int]) -> float:
        area = 0.0
        for row, column in product(range(grid[0]), range(grid[1])):
            h, w = height // grid[0], width // grid[1]
            h = height - h * (grid[0] - 1) if row == grid[0] - 1 else h
            w = width - w * (grid[1] - 1) if column == grid[1] - 1 else w
            long, short = max(h, w), min(h, w)
            area += tile * (short / long * tile) if long > tile else long * short
        return area / (height * width)

    candidates = grids(1, s["max_patches"])
    if s["use_covering_area_grid"]:
        enough = [grid for grid in candidates if shown(grid) > 0.9]
        if enough:
            best = min(enough, key=lambda grid: (grid[0] * grid[1], -shown(grid)))
        else:
            best = min(candidates, key=lambda grid: (-shown(grid), grid[0] * grid[1]))
    else:
        best = nearest_grid(height, width, tile, grids(s["min_patches"], s["max_patches"]))
    tiles = best[0] * best[1]
    return int((tiles + (tiles > 1)) * own["per_tile"])
