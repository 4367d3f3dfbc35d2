"""How many tokens a picture becomes, by the rules of each family's processor: held to `facts/media_tokens.json`.

A rule is given the settings of an image processor (its class's defaults, a checkpoint's file, what the processor
overrules) and of the processor (`own`), and a height and width; it returns the rows that the language model is given.
"""

from __future__ import annotations

from itertools import product
from math import ceil, floor, inf, log, sqrt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Settings = dict[str, Any]
Rule = "Callable[[Settings, Settings, int, int], int]"


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


def codes(s: Settings, own: Settings, height: int, width: int) -> int:
    """Codes of a picture between two numbers of pixels (Apertus 1.5)."""
    factor = s["spatial_factor"]
    rows, columns = between_pixels(height, width, factor, s["size"]["min_pixels"], s["size"]["max_pixels"])
    return rows * columns // factor**2


def codes_with_ends(s: Settings, own: Settings, height: int, width: int) -> int:
    """The same with an end of each row (Emu3)."""
    rows, columns = between_pixels(height, width, 8, own["min_pixels"], own["max_pixels"])
    return (rows // 8) * (columns // 8 + 1)


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


def cases(found: dict[str, Any]) -> Iterator[tuple[Settings, Settings, list[Any]]]:
    """Yield the settings in force, those of the processor and the items of each case that a type was asked."""
    for case in found["cases"]:
        if "items" in case:
            given = case["settings"]
            image = found["defaults"] | given.get("image", {}) | found.get("overruled", {}) | given.get("asked", {})
            yield image, given.get("own", {}), case["items"]


BY_PROCESSOR: dict[str, tuple[Callable[[Settings, Settings, int, int], int], Settings]] = {
    "Apertus1p5Processor": (codes, {}),
    "AyaVisionProcessor": (tiled, {"per_tile": 169}),
    "Blip2Processor": (fixed, {"tokens": 32}),
    "ChameleonProcessor": (fixed, {"tokens": 1024}),
    "Cohere2VisionProcessor": (covering, {"per_tile": 256}),
    "CohereCompassProcessor": (merged, {}),
    "Cosmos3EdgeProcessor": (by_frames, {}),
    "DeepseekOcr2Processor": (deepseek_ocr2, {}),
    "DeepseekVLHybridProcessor": (fixed, {"tokens": 576}),
    "DeepseekVLProcessor": (fixed, {"tokens": 576}),
    "Dots3NoteProcessor": (merged, {}),
    "Emu3Processor": (codes_with_ends, {"min_pixels": 512 * 512, "max_pixels": 1024 * 1024}),
    "Ernie4_5_VLMoeProcessor": (merged, {}),
    "Exaone4_5_Processor": (merged, {}),
    "Gemma3Processor": (pan_and_scan, {"tokens": 256}),
    "Gemma3nProcessor": (fixed, {"tokens": 256}),
    "Gemma4Processor": (pooled, {}),
    "Gemma4UnifiedProcessor": (pooled, {}),
    "Glm46VProcessor": (by_frames, {}),
    "Glm4vProcessor": (by_frames, {}),
    "Glm5NextProcessor": (padded_up, {}),
    "GotOcr2Processor": (fixed, {"tokens": 256}),
    "Granite4VisionProcessor": (pinpoints, {"side": 12}),
    "GraniteDoclingProcessor": (tiled, {"per_tile": 64, "side": 16}),
    "HYV4VLProcessor": (with_breaks, {}),
    "HunYuanVLProcessor": (with_breaks_and_ends, {}),
    "HyperCLOVAXVisionV2Processor": (merged, {}),
    "Idefics2Processor": (split, {"tokens": 64}),
    "Idefics3Processor": (row_and_column, {}),
    "Inkling2Processor": (cells, {}),
    "InklingProcessor": (one_more_column, {}),
    "InstructBlipProcessor": (fixed, {"tokens": 32}),
    "InternVLProcessor": (tiled, {"per_tile": 256}),
    "JanusProcessor": (fixed, {"tokens": 576}),
    "Kimi_K25Processor": (most_patches, {}),
    "Lfm2VlProcessor": (lfm2, {}),
    "Lfm3VlProcessor": (merged, {}),
    "LightOnOcrProcessor": (merged_down, {}),
    "Llama4Processor": (canvas, {"per_tile": 144}),
    "LlavaNextProcessor": (pinpoints, {"side": 24}),
    "LlavaNextVideoProcessor": (pinpoints, {"side": 24}),
    "LlavaProcessor": (square, {}),
    "MllamaProcessor": (fixed, {"tokens": 1}),
    "LlavaOnevisionProcessor": (pinpoints, {"side": 27, "vision_aspect_ratio": "anyres_max_9"}),
    "MiniCPMOcrProcessor": (slices, {}),
    "MiniCPMV4_6Processor": (slices, {}),
    "MiniCPMV4_7Processor": (slices, {}),
    "MiniMaxM3VLProcessor": (merged, {}),
    "Molmo2Processor": (overlapping, {}),
    "MuseGlimmerProcessor": (nearest_shape, {}),
    "MuseSparkProcessor": (nearest_shape, {}),
    "NemotronH_Omni_Reasoning_V3Processor": (clamped, {}),
    "Ovis2Processor": (covered, {"per_tile": 256}),
    "PI0Processor": (fixed, {"tokens": 256}),
    "PaddleOCRVLProcessor": (grown, {}),
    "PaliGemmaProcessor": (fixed, {"tokens": 256}),
    "PerceptionLMProcessor": (largest_canvas, {}),
    "Phi4MultimodalProcessor": (padded_tiles, {}),
    "PixtralProcessor": (longest_edge, {}),
    "QianfanOCRProcessor": (tiled, {"per_tile": 256}),
    "Qwen2VLProcessor": (merged, {}),
    "Qwen2_5OmniProcessor": (merged, {}),
    "Qwen2_5_VLProcessor": (merged, {}),
    "Qwen3OmniMoeProcessor": (merged, {}),
    "Qwen3VLProcessor": (merged, {}),
    "SmolVLMProcessor": (row_and_column, {}),
    "Step3p7Processor": (step3p7, {}),
    "UnlimitedOcrProcessor": (unlimited_ocr, {}),
    "VideoLlama3Processor": (merged, {}),
    "VideoLlavaProcessor": (fixed, {"tokens": 256}),
}
"""The rule of each processor, and what of it the tiny model's config says in `facts/media_runs.json`."""


def halved(length: int, times: int) -> int:
    """Return a length after convolutions of stride 2 that keep a begun step."""
    for _ in range(times):
        length = (length + 1) // 2
    return length


def mel(samples: int) -> int:
    """Frames of 10 ms at 16 kHz (Whisper's extractor)."""
    return samples // 160


def kaldi(samples: int) -> int:
    """Frames of 25 ms that are whole, each 10 ms."""
    return max(0, (samples - 400) // 160 + 1)


def pooled_twice(samples: int) -> int:
    """A convolution of stride 2 and a pool of two whole steps (Qwen2-Audio)."""
    return halved(mel(samples), 1) // 2


def of_chunks(samples: int, chunk: int, rule: Callable[[int], int]) -> int:
    """Return the tokens of chunks of so many samples, the last one shorter."""
    whole, rest = divmod(samples, chunk)
    return whole * rule(chunk) + (rule(rest) if rest else 0)


def by_hundreds(samples: int) -> int:
    """13 for 100 frames, of the rest after three halvings (Qwen3-Omni)."""
    whole, rest = divmod(mel(samples), 100)
    return 13 * whole + halved(rest, 3)


def of_convolutions(samples: int) -> int:
    """Steps of wav2vec 2.0's convolutions."""
    for kernel, stride in ((10, 5), (3, 2), (3, 2), (3, 2), (3, 2), (2, 2), (2, 2)):
        samples = (samples - kernel) // stride + 1
    return samples


HALF_MINUTE = 30 * 16000

OF_SOUNDS: dict[str, Callable[[int], int]] = {
    "audioflamingo3": lambda n: of_chunks(n, HALF_MINUTE, pooled_twice),
    "dots3_note": lambda n: ceil(n / 1280),
    "fun_asr_nano": lambda n: ceil(kaldi(n) / 6),
    "gemma3n": lambda n: 188,
    "gemma4": lambda n: min(750, halved((n - 161) // 160 + 1, 2)),
    "glmasr": lambda n: of_chunks(n, HALF_MINUTE, lambda m: halved(mel(m), 1) // 4),
    "granite_speech": lambda n: ceil((mel(n) + 1) // 2 / 15) * 3,
    "granite_speech_plus": lambda n: ceil((mel(n) + 1) // 2 / 15) * 3,
    "inkling_mm_model": lambda n: ceil(n / 800),
    "moss_transcribe_diarize": lambda n: ceil(n / 1280),
    "muse_spark": lambda n: ceil(n / 1280),
    "nemo_speechlm": lambda n: ceil(n / 1280),
    "nemotron_h_omni": lambda n: halved(mel(n) + 1, 3),
    "omniasr": of_convolutions,
    "phi4_multimodal": lambda n: ceil(kaldi(n) / 8),
    "qwen2_5_omni_thinker": lambda n: min(750, pooled_twice(n)),
    "qwen2_audio": lambda n: min(750, pooled_twice(n)),
    "qwen3_asr": lambda n: by_hundreds(max(n, 8000)),
    "qwen3_omni_moe_thinker": by_hundreds,
}
"""By type: how many tokens so many samples at 16 kHz become.

750 is what a `WhisperFeatureExtractor` cuts at (`chunk_length` of 30 s, its class's default); published checkpoints of
Qwen2.5-Omni say 300 s.
"""
