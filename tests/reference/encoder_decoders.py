"""Runs of whole tiny models whose decoder attends to an encoder's output: what torch counts of both halves together.

    python -m tests.reference.encoder_decoders

writes `facts/encoder_decoders.json`: batches of sounds of one length with so many tokens behind them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import torch
import transformers
from torch.utils.flop_counter import FlopCounterMode

from . import store

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


def write(folder: Path) -> None:
    """Run the model over each batch."""
    model = transformers.WhisperForConditionalGeneration._from_config(
        transformers.WhisperConfig(**WHISPER), attn_implementation="eager"
    ).eval()
    runs = []
    for batch, tokens in BATCHES:
        sounds = torch.randn(batch, WHISPER["num_mel_bins"], 2 * WHISPER["max_source_positions"])
        words = torch.ones(batch, tokens, dtype=torch.long)
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            model(input_features=sounds, decoder_input_ids=words)
        runs.append({"batch": batch, "tokens": tokens, "flops": counter.get_total_flops()})
    config = {"model_type": "whisper", "architectures": ["WhisperForConditionalGeneration"], **WHISPER}
    fact = {"config": config, "parameters": sum(p.numel() for p in model.parameters()), "runs": runs}
    made_by = {"made_by": "tests.reference.encoder_decoders"}
    store.write("encoder_decoders", made_by, "types", {"whisper": fact}, folder)


if __name__ == "__main__":
    write(FOLDER)
