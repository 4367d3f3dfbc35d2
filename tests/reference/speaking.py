"""Parameters of whole models that speak: thinkers, by themselves too, talkers, predictors of codes and vocoders.

    python -m tests.reference.speaking

writes `facts/speaking.json`: what transformers allocates on the meta device for a tiny model of each type, for the same
with each key of what speaks another in turn, and for a published config of its full size.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import torch

from . import measure, published, store
from .media import tiny
from .wholes import of_config

FOLDER: Final = Path(__file__).parent / "facts"

TALKER, PREDICTOR, WAV = "talker_config.text_config", "talker_config.code_predictor_config", "code2wav_config"

DIT, VOCODER = "token2wav_config.dit_config", "token2wav_config.bigvgan_config"

TIES: Final[dict[str, tuple[bool, ...]]] = {
    f"{level}tie_word_embeddings": (True,) for level in ("", "thinker_config.", "thinker_config.text_config.")
}
"""The levels of a config that may say whether the thinker's head is tied, of which one is heard."""

THINKERS: Final[dict[str, tuple[bool, ...]]] = dict.fromkeys(
    ("tie_word_embeddings", "text_config.tie_word_embeddings"), (True,)
)
"""The same of thinkers by themselves."""

TYPES: Final[dict[str, dict[str, Any]]] = {
    "qwen2_5_omni": {
        "class": "Qwen2_5OmniForConditionalGeneration",
        "base": {
            "talker_config.num_key_value_heads": 2,
            f"{VOCODER}.upsample_initial_channel": 128,
        },
        "other": {
            "enable_audio_output": (False,),
            **TIES,
            "talker_config.embedding_size": (56,),
            "talker_config.head_dim": (16,),
            "talker_config.hidden_size": (64,),
            "talker_config.intermediate_size": (60,),
            "talker_config.num_attention_heads": (8,),
            "talker_config.num_hidden_layers": (3,),
            "talker_config.num_key_value_heads": (1,),
            "talker_config.vocab_size": (97,),
            f"{DIT}.emb_dim": (40,),
            f"{DIT}.enc_attention_channels": (20,),
            f"{DIT}.enc_channels": ([24, 32, 40, 48, 56],),
            f"{DIT}.enc_dim": (24,),
            f"{DIT}.enc_emb_dim": (28,),
            f"{DIT}.enc_kernel_sizes": ([3, 5, 7, 3, 5],),
            f"{DIT}.enc_res2net_scale": (4,),
            f"{DIT}.enc_se_channels": (20,),
            f"{DIT}.ff_mult": (3,),
            f"{DIT}.head_dim": (16,),
            f"{DIT}.hidden_size": (64,),
            f"{DIT}.mel_dim": (40,),
            f"{DIT}.num_attention_heads": (8,),
            f"{DIT}.num_embeds": (97,),
            f"{DIT}.num_hidden_layers": (3,),
            f"{VOCODER}.mel_dim": (40,),
            f"{VOCODER}.resblock_kernel_sizes": ([5, 3, 9],),
            f"{VOCODER}.upsample_initial_channel": (192,),
            f"{VOCODER}.upsample_kernel_sizes": ([9, 7, 4, 4, 6, 4],),
        },
    },
    "qwen3_omni_moe": {
        "class": "Qwen3OmniMoeForConditionalGeneration",
        "published": "Qwen/Qwen3-Omni-30B-A3B-Instruct",
        "base": {
            "talker_config.spatial_merge_size": 2,
            f"{TALKER}.shared_expert_intermediate_size": 20,
            f"{WAV}.decoder_dim": 48,
        },
        "other": {
            "enable_audio_output": (False,),
            **TIES,
            "talker_config.thinker_hidden_size": (56,),
            f"{TALKER}.attention_bias": (True,),
            f"{TALKER}.head_dim": (16,),
            f"{TALKER}.hidden_size": (64,),
            f"{TALKER}.intermediate_size": (60,),
            f"{TALKER}.mlp_only_layers": ([0],),
            f"{TALKER}.moe_intermediate_size": (24,),
            f"{TALKER}.num_attention_heads": (8,),
            f"{TALKER}.num_local_experts": (6,),
            f"{TALKER}.num_hidden_layers": (3,),
            f"{TALKER}.num_key_value_heads": (1,),
            f"{TALKER}.shared_expert_intermediate_size": (36,),
            f"{TALKER}.vocab_size": (97,),
            f"{PREDICTOR}.attention_bias": (True,),
            f"{PREDICTOR}.head_dim": (16,),
            f"{PREDICTOR}.hidden_size": (64,),
            f"{PREDICTOR}.intermediate_size": (60,),
            f"{PREDICTOR}.num_code_groups": (1, 5),
            f"{PREDICTOR}.num_hidden_layers": (3,),
            f"{PREDICTOR}.vocab_size": (97,),
            f"{WAV}.attention_bias": (True,),
            f"{WAV}.codebook_size": (64,),
            f"{WAV}.decoder_dim": (33, 64),
            f"{WAV}.hidden_size": (64,),
            f"{WAV}.intermediate_size": (60,),
            f"{WAV}.num_hidden_layers": (3,),
            f"{WAV}.num_key_value_heads": (1,),
            f"{WAV}.num_quantizers": (3,),
            f"{WAV}.upsample_rates": ([3, 2], []),
            f"{WAV}.upsampling_ratios": ([3], []),
        },
    },
    "qwen2_5_omni_thinker": {
        "class": "Qwen2_5OmniThinkerForConditionalGeneration",
        "base": {},
        "other": THINKERS,
    },
    "qwen3_omni_moe_thinker": {
        "class": "Qwen3OmniMoeThinkerForConditionalGeneration",
        "base": {},
        "other": THINKERS,
    },
}
"""By type: its class, a published config, what its tiny model has, and the values that are tried of each key."""


def write(folder: Path) -> None:
    """Count each model's parameters, or say why its class refuses it."""
    found = {}
    for model_type, spec in TYPES.items():
        base = tiny.config(model_type, spec["base"])
        cases = [[{}, of_config(base, spec["class"])]]
        for key, values in spec["other"].items():
            for value in values:
                try:
                    cases.append([{key: value}, of_config(tiny.merged(base, {key: value}), spec["class"])])
                except Exception as error:  # whatever the class says of it
                    cases.append([{key: value}, measure.say(error)])
        config = {**base, "architectures": [spec["class"]]}
        names = [spec["published"]] if "published" in spec else []
        bundled = published.bundled(store.ROOT / "hf_config")
        whole = {name: of_config(bundled[name], spec["class"]) for name in names}
        found[model_type] = {"config": config, "cases": cases, "published": whole}
    store.write("speaking", {"made_by": "tests.reference.speaking"}, "types", found, folder)


if __name__ == "__main__":
    with torch.no_grad():
        write(FOLDER)
