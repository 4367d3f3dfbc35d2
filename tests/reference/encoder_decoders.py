"""Runs of whole tiny models whose decoder attends to an encoder's output: what torch counts of both halves together.

    python -m tests.reference.encoder_decoders

writes `facts/encoder_decoders.json`: batches of sounds of one length with so many tokens beside them;
`facts/decoder_runs.json`: decoders by themselves, beside an encoder's output of a given length; and
`facts/source_runs.json`: whole models whose encoder reads words.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import torch
import transformers

from . import measure, store
from .media import processors, sounds, tiny
from .media.recorder import SPEECH, config_of
from .media.types import SOUNDS

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER: Final = Path(__file__).parent / "facts"

WHISPER: Final[dict[str, Any]] = {
    "vocab_size": 131,
    "num_mel_bins": 16,
    "encoder_layers": 3,
    "encoder_attention_heads": 4,
    "encoder_ffn_dim": 44,
    "d_model": 32,
    "decoder_layers": 2,
    "decoder_attention_heads": 4,
    "decoder_ffn_dim": 52,
    "max_source_positions": 50,
    "max_target_positions": 60,
    "pad_token_id": 1,
    "bos_token_id": 2,
    "eos_token_id": 3,
    "decoder_start_token_id": 4,
}

BATCHES: Final = ((1, 7), (2, 5))
"""Sequences, and the tokens of each."""


SECONDS: Final = 2.0
"""How long the sounds of the other types are."""

SAME: Final = {"encoder_config.hidden_size": 48}
OTHERS: Final[dict[str, tuple[dict[str, Any], ...]]] = {
    "canary": (SAME, {**SAME, "decoder_config.attention_bias": False, "tie_word_embeddings": False}),
    "cohere_asr": ({}, {"attention_bias": False, "tie_word_embeddings": True, "encoder_config.attention_bias": False}),
    "moonshine": (
        {},
        {
            "attention_bias": True,
            "decoder_num_hidden_layers": 2,
            "decoder_num_attention_heads": 4,
            "decoder_num_key_value_heads": 4,
            "encoder_num_attention_heads": 4,
            "encoder_num_key_value_heads": 4,
            "encoder_num_hidden_layers": 3,
            "tie_word_embeddings": False,
        },
    ),
    "speech_to_text": (
        {},
        {
            "conv_channels": 20,
            "conv_kernel_sizes": [3, 4, 5],
            "decoder_attention_heads": 8,
            "decoder_ffn_dim": 60,
            "decoder_layers": 3,
            "encoder_ffn_dim": 44,
            "input_feat_per_channel": 40,
            "input_channels": 2,
            "num_conv_layers": 3,
            "tie_word_embeddings": False,
        },
    ),
}
"""Types whose tiny models are those whose encoders are run (`media/types.py`), with what is other.

Canary's decoder, which projects nothing before, has the encoder's size.
"""


def write(folder: Path) -> None:
    """Run whole models over each batch."""
    model = transformers.WhisperForConditionalGeneration._from_config(
        transformers.WhisperConfig(**WHISPER), attn_implementation="eager"
    ).eval()
    heard = torch.randn(1, WHISPER["num_mel_bins"], 2 * WHISPER["max_source_positions"])
    seconds = heard.shape[2] / 100  # a hundred frames a second
    config = {"model_type": "whisper", "architectures": ["WhisperForConditionalGeneration"], **WHISPER}
    found = {"whisper": {"config": config, **_counted(model, {"input_features": heard}, seconds)}}
    for model_type, cases in OTHERS.items():
        for number, changes in enumerate(cases):
            found[f"{model_type}-{number}"] = _of_media(model_type, changes)
    store.write("encoder_decoders", {"made_by": "tests.reference.encoder_decoders"}, "types", found, folder)


def _of_media(model_type: str, changes: dict[str, Any]) -> dict[str, Any]:
    spec = SOUNDS[model_type]
    raw, name = tiny.config(model_type, {**spec.get("config", {}), **changes}), SPEECH[model_type]
    model = tiny.build(raw, name)
    heard = sounds.inputs(processors.processor(model_type, spec), [SECONDS], spec)
    heard = {key: value for key, value in heard.items() if key in ("input_features", "input_values")}
    config = config_of(raw, json.loads(type(model.config)().to_json_string(use_diff=False)))
    return {"config": {**config, "architectures": [name]}, **_counted(model, heard, SECONDS)}


def _counted(model: Any, heard: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Return the parameters of a model, and what it runs for a sound in each sequence of a batch."""
    runs = []
    for batch, tokens in BATCHES:
        sound = {key: value.repeat(batch, *[1] * (value.dim() - 1)) for key, value in heard.items()}
        words = torch.ones(batch, tokens, dtype=torch.long)
        flops = measure.flops_of(model, **sound, decoder_input_ids=words)
        runs.append({"batch": batch, "tokens": tokens, "seconds": seconds, "flops": flops})
    return {"parameters": sum(p.numel() for p in model.parameters()), "runs": runs}


DECODERS: Final[dict[str, str]] = {
    "bart": "BartForCausalLM",
    "bigbird_pegasus": "BigBirdPegasusForCausalLM",
    "blenderbot": "BlenderbotForCausalLM",
    "blenderbot-small": "BlenderbotSmallForCausalLM",
    "marian": "MarianForCausalLM",
    "mbart": "MBartForCausalLM",
    "pegasus": "PegasusForCausalLM",
    "plbart": "PLBartForCausalLM",
    "trocr": "TrOCRForCausalLM",
}
"""Decoders whose layers attend to an encoder's output where they are given one."""

SIZES: Final[dict[str, int]] = {
    "vocab_size": 131,
    "d_model": 80,
    "decoder_ffn_dim": 100,
    "decoder_layers": 3,
    "decoder_attention_heads": 8,
    "max_position_embeddings": 64,
    "pad_token_id": 1,
}
OF_ENCODERS: Final[dict[str, int]] = {"encoder_layers": 2, "encoder_attention_heads": 8, "encoder_ffn_dim": 90}
BESIDE: Final = ((1, 7, 9), (2, 5, 20), (1, 4, 1))
"""Sequences, the tokens of each, and the length of the encoder's output."""


def decoders(folder: Path) -> None:
    """Run each decoder over each batch, with an encoder's output of that length."""
    found = {}
    for model_type, name in DECODERS.items():
        config = {**SIZES, **({"cross_attention_hidden_size": 80} if model_type == "trocr" else OF_ENCODERS)}
        cls = getattr(transformers, name)
        made = cls.config_class(**config)
        made.is_decoder = made.add_cross_attention = True
        model = cls._from_config(made, attn_implementation="eager").eval()
        runs = []
        for batch, tokens, length in BESIDE:
            words, seen = torch.ones(batch, tokens, dtype=torch.long), torch.randn(batch, length, config["d_model"])
            flops = measure.flops_of(model, input_ids=words, encoder_hidden_states=seen, use_cache=False)
            runs.append([batch, tokens, length, flops])
        parameters = sum(p.numel() for p in model.parameters())
        said = {"model_type": model_type, "architectures": [name], **config}
        found[model_type] = {"config": said, "parameters": parameters, "runs": runs}
    store.write("decoder_runs", {"made_by": "tests.reference.encoder_decoders"}, "types", found, folder)


OF_BART: Final = {**SIZES, **OF_ENCODERS, "encoder_attention_heads": 4}
DAVIT: Final[dict[str, Any]] = {
    "embed_dim": [8, 16],
    "depths": [1, 2],
    "num_heads": [2, 4],
    "num_groups": [2, 4],
    "patch_size": [7, 3],
    "patch_stride": [4, 2],
    "patch_padding": [3, 1],
    "patch_prenorm": [False, True],
    "window_size": 3,
    "projection_dim": 80,
}

OF_GEMMA: Final[dict[str, Any]] = {
    "vocab_size": 131,
    "hidden_size": 80,
    "intermediate_size": 100,
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
    "head_dim": 12,
    "sliding_window": 8,
    "num_hidden_layers": 3,
    "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
}
GEMMA_LAYERS: Final = ["sliding_attention", "full_attention"]
OF_SIGLIP: Final[dict[str, Any]] = {
    "model_type": "siglip_vision_model",
    "hidden_size": 32,
    "intermediate_size": 44,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "image_size": 56,
    "patch_size": 14,
}

OF_PROPHETS: Final[dict[str, int]] = {
    "vocab_size": 131,
    "hidden_size": 80,
    "num_encoder_layers": 2,
    "num_encoder_attention_heads": 4,
    "encoder_ffn_dim": 90,
    "num_decoder_layers": 3,
    "num_decoder_attention_heads": 8,
    "decoder_ffn_dim": 100,
    "max_position_embeddings": 64,
    "ngram": 3,
}

SOURCES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "bart": ("BartForConditionalGeneration", OF_BART),
    "bigbird_pegasus": (
        "BigBirdPegasusForConditionalGeneration",
        OF_BART | {"attention_type": "original_full", "use_bias": True},
    ),
    "blenderbot": ("BlenderbotForConditionalGeneration", OF_BART),
    "blenderbot-small": ("BlenderbotSmallForConditionalGeneration", OF_BART),
    "m2m_100": ("M2M100ForConditionalGeneration", OF_BART),
    "marian": ("MarianMTModel", OF_BART),
    "mbart": ("MBartForConditionalGeneration", OF_BART),
    "mvp": ("MvpForConditionalGeneration", OF_BART),
    "pegasus": ("PegasusForConditionalGeneration", OF_BART),
    "plbart": ("PLBartForConditionalGeneration", OF_BART),
    "prophetnet": ("ProphetNetForConditionalGeneration", OF_PROPHETS),
    "florence2": (
        "Florence2ForConditionalGeneration",
        {"text_config": {"model_type": "bart", **OF_BART}, "vision_config": DAVIT},
    ),
    "t5gemma2": (
        "T5Gemma2ForConditionalGeneration",
        {
            "encoder": {
                "text_config": OF_GEMMA | {"model_type": "t5gemma2_text", "num_attention_heads": 4},
                "vision_config": OF_SIGLIP,
                "mm_tokens_per_image": 4,
            },
            "decoder": OF_GEMMA
            | {"model_type": "t5gemma2_decoder", "num_hidden_layers": 2, "layer_types": GEMMA_LAYERS},
        },
    ),
}
"""Models that read words and write others: the class, and a tiny config."""

UNTIED: Final = {"tie_word_embeddings": False}
OF_TWO: Final[dict[str, Any]] = {"share_encoder_decoder_embeddings": False, "decoder_vocab_size": 97}
VARIED: Final[dict[str, tuple[dict[str, Any], ...]]] = {
    **dict.fromkeys(SOURCES, (UNTIED,)),
    "bigbird_pegasus": (UNTIED | {"use_bias": False},),
    "florence2": (UNTIED, {"text_config.tie_word_embeddings": False}),
    "marian": (UNTIED, OF_TWO, OF_TWO | UNTIED),
}
"""What else is tried of each."""
LEAST: Final = {"prophetnet": 2}
"""Of how few words that are read torch counts all products: what sums over one of them `einsum` does elementwise."""


def _sources() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Yield each model with a name, and whole models without a head, whose tables are tied or not all the same."""
    for model_type, (name, sizes) in SOURCES.items():
        yield model_type, model_type, name, sizes
        for number, changes in enumerate(VARIED[model_type]):
            yield f"{model_type}-{number}", model_type, name, _changed(sizes, changes)
    for number, tied in enumerate((True, False)):
        yield f"bart-body-{number}", "bart", "BartModel", OF_BART | {"tie_word_embeddings": tied}


def _changed(sizes: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return a config with other values, whose keys may be those of an object inside, after a dot."""
    changed = dict(sizes)
    for path, value in changes.items():
        part, _, key = path.rpartition(".")
        changed |= {part: changed[part] | {key: value}} if part else {key: value}
    return changed


def sources(folder: Path) -> None:
    """Run each whole model: `[sequences, words that are read, words that are written, flops]`."""
    found = {}
    for key, model_type, name, sizes in _sources():
        raw = {"model_type": model_type, "architectures": [name], **sizes}
        cls = getattr(transformers, name)
        model = cls._from_config(measure.configure(raw), attn_implementation="eager").eval()
        runs = []
        for batch, written, length in BESIDE:
            read = max(length, LEAST.get(model_type, 1))
            words, source = (torch.ones(batch, length, dtype=torch.long) + 1 for length in (written, read))
            flops = measure.flops_of(model, input_ids=source, decoder_input_ids=words, use_cache=False)
            runs.append([batch, read, written, flops])
        found[key] = {"config": raw, **measure.totals(model), "runs": runs}
    store.write("source_runs", {"made_by": "tests.reference.encoder_decoders"}, "types", found, folder)


if __name__ == "__main__":
    write(FOLDER)
    decoders(FOLDER)
    sources(FOLDER)
