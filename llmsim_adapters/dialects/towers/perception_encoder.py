"""Step3-VL-10B's picture encoder: Step 3.5's under other keys. Source: SGLang's `step3_vl_10b.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import patch_count
from llmsim_adapters.dialects.towers import step3p5_vision

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    for name, value in (
        ("use_ln_pre", True),
        ("use_ln_post", False),
        ("use_abs_posemb", True),
        ("use_rope2d", True),
        ("use_cls_token", False),
    ):
        r.only(name, value)
    r.derive("max_position_embeddings", patch_count(r))
    return step3p5_vision.read(r)


DIALECT = step3p5_vision.DIALECT.like(
    "perception_encoder",
    read=read,
    aliases={"width": "hidden_size", "layers": "num_hidden_layers", "heads": "num_attention_heads"},
    costless={
        "ls_init_value": "what factors begin with",
        "output_dim": "of a projection that the class does not have",
    },
    use_ln_pre=True,
    use_ln_post=False,
    use_abs_posemb=True,
    use_rope2d=True,
    use_cls_token=False,
)
