"""How many tokens a picture becomes, by the rules of each family's processor: held to `facts/media_tokens.json`.

A rule is given the settings of an image processor (its class's defaults, a checkpoint's file, what the processor
overrules) and of the processor (`own`), and a height and width; it returns the rows that the language model is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .cuts import largest_canvas, lfm2, overlapping, padded_tiles, slices, step3p7
from .grids import canvas, covered, covering, deepseek_ocr2, pinpoints, row_and_column, tiled, unlimited_ocr
from .pixels import (
    Settings,
    by_frames,
    cells,
    clamped,
    codes,
    codes_with_ends,
    fixed,
    grown,
    longest_edge,
    merged,
    merged_down,
    most_patches,
    nearest_shape,
    one_more_column,
    padded_up,
    pan_and_scan,
    pooled,
    split,
    square,
    with_breaks,
    with_breaks_and_ends,
)
from .sounds import OF_SOUNDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["BY_PROCESSOR", "OF_SOUNDS", "cases"]


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
