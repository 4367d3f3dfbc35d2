"""How a picture's features are asked for where a type has no `get_image_features` of the usual kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable


def mllama(model: Any) -> Callable[..., Any]:
    """Return the encoder and the projector, as the model's forward calls them."""
    inner = model.model

    def features(pixel_values: Any, aspect_ratio_ids: Any, aspect_ratio_mask: Any) -> Any:
        found = inner.vision_model(
            pixel_values=pixel_values, aspect_ratio_ids=aspect_ratio_ids, aspect_ratio_mask=aspect_ratio_mask
        )
        return inner.multi_modal_projector(found.last_hidden_state)

    return features


def phi4_multimodal(model: Any) -> Callable[..., Any]:
    """Return the part that embeds pictures, given a text that has none: it computes and places nothing."""
    part = model.model.embed_tokens_extend.image_embed

    def features(image_pixel_values: Any, image_sizes: Any, image_attention_mask: Any, input_ids: Any) -> Any:
        embedded = model.model.embed_tokens(input_ids)
        input_ids = input_ids.clone()
        input_ids[:] = 200010
        return part(input_ids, embedded, image_pixel_values, image_sizes, image_attention_mask)

    return features


def pi0(model: Any) -> Callable[..., Any]:
    """Return that of the PaliGemma inside."""
    method = model.model.vlm.get_image_features

    def features(pixel_values: Any) -> Any:
        return method(pixel_values=pixel_values.flatten(0, 1))

    return features


def fuyu(model: Any) -> Callable[..., Any]:
    """Return what embeds patches, which is a linear layer and no encoder."""

    def features(image_patches: Any) -> Any:
        return model.model.get_image_features(pixel_values=image_patches)

    return features


def inside(model: Any) -> Callable[..., Any]:
    """Return that of the encoder of pictures and prompts."""
    found: Callable[..., Any] = model.model.encoder.get_image_features
    return found


IMAGE: Final[dict[str, Callable[[Any], Any]]] = {
    "diffusion_gemma": inside,
    "fuyu": fuyu,
    "mllama": mllama,
    "phi4_multimodal": phi4_multimodal,
    "pi0": pi0,
}
"""By type; each makes of a model what takes its processor's outputs."""


def frames(model: Any) -> Callable[..., Any]:
    """Return that of pictures, which the model's forward gives frames, too."""
    method = model.model.get_image_features

    def features(pixel_values: Any = None, pixel_values_videos: Any = None) -> Any:
        return method(pixel_values=pixel_values if pixel_values_videos is None else pixel_values_videos)

    return features


VIDEO: Final[dict[str, Callable[[Any], Any]]] = dict.fromkeys(("internvl", "perception_lm", "smolvlm"), frames)
"""The same for videos."""


def encoder(model: Any) -> Callable[..., Any]:
    """Return the encoder of a model of speech that decodes what it wrote."""
    return model.get_encoder().forward


def cohere_asr(model: Any) -> Callable[..., Any]:
    """Return the encoder, and the projection of its results that the decoder begins with."""

    def features(input_features: Any, attention_mask: Any = None) -> Any:
        found = model.get_encoder()(input_features, attention_mask)
        return model.model.decoder.proj(found.last_hidden_state)

    return features


def phi4_multimodal_sound(model: Any) -> Callable[..., Any]:
    """Return the encoder and the projector for speech."""
    part = model.model.embed_tokens_extend.audio_embed

    def features(audio_input_features: Any, audio_attention_mask: Any = None) -> Any:
        found = part.up_proj_for_speech(part.encoder(audio_input_features, audio_attention_mask))
        return part.down_proj_for_speech(found)

    return features


def qwen2_audio(model: Any) -> Callable[..., Any]:
    """Return the encoder and the projector over all that it gives, as the model's forward calls them."""
    inner = getattr(model, "model", model)

    def features(input_features: Any) -> Any:
        return inner.multi_modal_projector(inner.audio_tower(input_features).last_hidden_state)

    return features


AUDIO: Final[dict[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(("canary", "moonshine", "moonshine_streaming", "speech_to_text", "whisper"), encoder),
    "cohere_asr": cohere_asr,
    "phi4_multimodal": phi4_multimodal_sound,
    "qwen2_audio": qwen2_audio,
}
"""The same for sounds."""
