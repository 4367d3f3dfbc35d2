"""GOT-OCR 2.0: Qwen2 behind SAM's picture encoder, two convolutions and a projection. Source: `GotOcr2Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.sam import sam
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import qwen2
from llmsim_adapters.spec.components import Convolution, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "got_ocr2_vision", fixed=True)
    if vision is not None:
        channels, hidden = vision.r.size("output_channels"), text.size("hidden_size")
        yield vision.running(sam(whole, vision.r, tokens=16)).then(
            Convolution(input_channels=channels, output_channels=2 * channels, kernel=(3, 3)),
            Convolution(input_channels=2 * channels, output_channels=hidden, kernel=(3, 3)),
            Projection(input_size=hidden, output_size=hidden, bias=True),
            rows=("halved", "tokens", "tokens"),
        )


DIALECT = qwen2.DIALECT.like(
    "got_ocr2",
    text_config="text_config",
    without_text={
        "vocab_size": 151860,
        "hidden_size": 1024,
        "intermediate_size": 2816,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "num_key_value_heads": 16,
        "max_window_layers": 21,
    },
    towers=towers,
    costless={"image_seq_length": "how many tokens a picture becomes, which the schedule says"},
    tie_word_embeddings=True,
)
