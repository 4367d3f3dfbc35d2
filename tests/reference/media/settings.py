"""Sizes of pictures, and the settings that image processors are asked with beside their classes' defaults."""

from __future__ import annotations

from typing import Any, Final

ITEMS: Final = (
    *((20, 30), (56, 56), (336, 336), (300, 500), (500, 300), (40, 1900), (1900, 40)),
    *((448, 1344), (385, 768), (1080, 1920), (2160, 3840), (3000, 2000)),
)
"""Heights and widths of pictures, as a client sends them."""

VIDEOS: Final = ((1, 64, 64), (2, 64, 64), (4, 150, 260), (5, 300, 500), (8, 480, 640), (16, 360, 640), (33, 120, 160))
"""Frames, heights and widths of videos, whose frames are all taken."""

PIXELS: Final[tuple[dict[str, Any], ...]] = (
    {"image": {"size": {"shortest_edge": 50176, "longest_edge": 200704}}, "items": ((10, 2100), (28, 5500))},
    {"image": {"patch_size": 10, "merge_size": 3}, "items": ((44, 46), (45, 75))},
)
"""For those that keep the number of pixels between two."""

SLICES: Final[tuple[dict[str, Any], ...]] = (
    {"image": {"max_slice_nums": 4}},
    {"image": {"slice_mode": False}},
    {"image": {"downsample_mode": "4x"}},
)

OTHERWISE: Final[dict[str, tuple[dict[str, Any], ...]]] = {
    **dict.fromkeys(
        (
            "CohereCompassImageProcessor",
            "Cosmos3EdgeImageProcessor",
            "Ernie4_5_VLMoeImageProcessor",
            "Glm46VImageProcessor",
            "Glm4vImageProcessor",
            "HYV4VLImageProcessor",
            "HunYuanVLImageProcessor",
            "MiniMaxM3VLImageProcessor",
            "PaddleOCRVLImageProcessor",
            "Qwen2VLImageProcessor",
            "VideoLlama3ImageProcessor",
        ),
        PIXELS,
    ),
    "Apertus1p5ImageProcessor": ({"image": {"size": {"min_pixels": 4096, "max_pixels": 200000}}},),
    "AriaImageProcessor": ({"image": {"split_image": True}}, {"image": {"max_image_size": 490}}),
    "Cohere2VisionImageProcessor": ({"image": {"max_patches": 4}}, {"image": {"crop_to_patches": False}}),
    "DeepseekOcr2ImageProcessor": ({"image": {"max_patches": 3}}, {"image": {"crop_to_patches": False}}),
    "FuyuImageProcessor": ({"image": {"size": {"height": 540, "width": 960}}},),
    "Gemma3ImageProcessor": (
        {
            "image": {
                "do_pan_and_scan": True,
                "pan_and_scan_min_crop_size": 256,
                "pan_and_scan_max_num_crops": 4,
                "pan_and_scan_min_ratio_to_activate": 1.2,
            },
            "items": ((512, 600), (512, 640), (700, 2100)),
        },
    ),
    "Gemma4ImageProcessor": ({"image": {"max_soft_tokens": 70}}, {"image": {"max_soft_tokens": 1120}}),
    "Gemma4UnifiedImageProcessor": ({"image": {"max_soft_tokens": 70}}, {"image": {"max_soft_tokens": 1120}}),
    "Glm5NextImageProcessor": ({"image": {"max_image_tokens": 100}}, {"image": {"patch_expand_factor": 2}}),
    "GlmgaImageProcessor": (*PIXELS, {"image": {"patch_expand_factor": 2}}),
    "GotOcr2ImageProcessor": ({"image": {"max_patches": 5, "min_patches": 2}}, {"image": {"crop_to_patches": False}}),
    "GraniteDoclingImageProcessor": ({"image": {"max_patches": 6}}, {"image": {"crop_to_patches": False}}),
    "Idefics2ImageProcessor": (
        {"image": {"do_image_splitting": True}},
        {"image": {"size": {"shortest_edge": 200, "longest_edge": 500}}},
    ),
    "Idefics3ImageProcessor": (
        {"image": {"size": {"longest_edge": 728}}},
        {"image": {"do_image_splitting": False}},
    ),
    "Inkling2ImageProcessor": (),
    "InklingImageProcessor": ({"image": {"rescale_image_frac": 0.5}},),
    "Kimi_K25ImageProcessor": ({"image": {"max_patches": 400}},),
    "Lfm2VlImageProcessor": (
        {"image": {"max_tiles": 4}},
        {"image": {"do_image_splitting": False}},
        {"image": {"use_thumbnail": False}},
        {"image": {"max_image_tokens": 100, "min_image_tokens": 20}},
    ),
    "Llama4ImageProcessor": ({"image": {"max_patches": 4}}, {"image": {"resize_to_max_canvas": True}}),
    "LlavaNextImageProcessor": ({"image": {"image_grid_pinpoints": [[336, 1008], [672, 672]]}},),
    "LlavaOnevisionImageProcessor": ({"own": {"vision_aspect_ratio": "anyres_max_2"}},),
    "MiniCPMOcrImageProcessor": (*SLICES, {"image": {"downsample_mode": "16x"}}),
    "MiniCPMV4_6ImageProcessor": SLICES,
    "MllamaImageProcessor": ({"image": {"max_image_tiles": 2}},),
    "Molmo2ImageProcessor": ({"image": {"max_crops": 4}},),
    "MuseGlimmerImageProcessor": ({"image": {"max_image_tokens": 100}},),
    "NemotronH_Omni_Reasoning_V3ImageProcessor": ({"image": {"max_num_patches": 2048, "min_num_patches": 256}},),
    "Ovis2ImageProcessor": (
        {"image": {"crop_to_patches": True}},
        {"image": {"crop_to_patches": True, "max_patches": 4, "use_covering_area_grid": False}},
    ),
    "PerceptionLMImageProcessor": ({"image": {"max_num_tiles": 4}}, {"image": {"vision_input_type": "vanilla"}}),
    "Phi4MultimodalImageProcessor": ({"image": {"dynamic_hd": 6}},),
    "PixtralImageProcessor": ({"image": {"size": {"longest_edge": 512}}}, {"own": {"spatial_merge_size": 1}}),
    "SmolVLMImageProcessor": (
        {"image": {"size": {"longest_edge": 728}}},
        {"image": {"do_image_splitting": False}},
    ),
    "Step3p7ImageProcessor": ({"image": {"max_image_size": 1500}},),
    "UnlimitedOcrImageProcessor": ({"image": {"max_patches": 9}}, {"image": {"crop_to_patches": False}}),
}
"""By image processor: what is set besides, with pictures of sizes that it should matter for."""

INERT: Final = (
    *("do_rescale", "rescale_factor", "do_normalize", "image_mean", "image_std", "do_convert_rgb", "resample"),
    *("model_input_names", "valid_kwargs", "unused_kwargs", "return_tensors", "background_color", "padding_value"),
    *(
        "high_res_image_mean",
        "high_res_image_std",
        "high_res_resample",
        "padding_mode",
        "skip_tensor_conversion",
        "disable_grouping",
    ),
)
"""Settings that decide what a picture looks like, not how large it is."""


def defaults(cls: type) -> dict[str, Any]:
    """Return what an image processor's class sets, as far as it bears on sizes."""
    found: dict[str, Any] = {}
    for part in cls.__mro__[::-1]:
        if "transformers.models" in part.__module__:
            found |= {key: value for key, value in vars(part).items() if _plain(value)}
    return {key: value for key, value in found.items() if not key.startswith("_") and key not in INERT}


def _plain(value: Any) -> bool:
    return value is None or isinstance(value, (bool, int, float, str, list, tuple, dict))
