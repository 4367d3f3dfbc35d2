"""What low-rank adapters beside pictures or sound add, as peft puts them into the language model that they are for.

    python -m tests.reference.adapters

writes `facts/adapters.json`: by config, the parameters of the adapters, and what torch counts of a prefill without any
of them, with those of pictures and with those of sound. Remote code of the type gives peft the same: the two objects of
the config, by their names. It needs peft.
"""

from __future__ import annotations

from typing import Any, Final

import torch
import transformers

from . import measure, store

BASE: Final[dict[str, Any]] = {
    "hidden_size": 96,
    "intermediate_size": 160,
    "num_hidden_layers": 3,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "vocab_size": 128,
}
"""What a tiny language model has of the published config's keys."""

VARIANTS: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"vision_lora.r": 12, "speech_lora.r": 20},
    {"num_key_value_heads": 6, "num_hidden_layers": 2, "vision_lora.r": 7},
)

LENGTHS: Final = ((1, 2000), (2, 1500))
"""Sequences, and the tokens of each."""

VISION: Final = r"layers.*((self_attn\.(qkv_proj|o_proj))|(mlp\.(gate_up|down)_proj))"
SPEECH: Final = r"((layers.*self_attn\.(qkv|o)_proj)|(layers.*mlp\.(gate_up|down)_proj))"
ADAPTERS: Final = {"vision": {"r": 256, "layer": VISION}, "speech": {"r": 320, "layer": SPEECH}}
"""Those of the published config."""


def write() -> None:
    """Count every variant."""
    found = []
    for changes in VARIANTS:
        text = {**BASE, **{key: value for key, value in changes.items() if "." not in key}}
        said = {name: {**each, "r": changes.get(f"{name}_lora.r", each["r"])} for name, each in ADAPTERS.items()}
        found.append({"changes": {**BASE, **changes}, **counted(text, said)})
    store.write("adapters", {"made_by": "tests.reference.adapters"}, "models", found)


def counted(text: dict[str, Any], adapters: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the parameters of each adapter, and the FLOPs of prefills without and with each."""
    import peft

    torch.manual_seed(measure.SEED)
    config = transformers.Phi3Config(**text, pad_token_id=0, attn_implementation="eager")
    model = transformers.Phi3Model(config).eval()
    before = sum(parameter.numel() for parameter in model.parameters())
    totals, wrapped = {}, None
    for name, said in adapters.items():
        lora = peft.LoraConfig(r=said["r"], target_modules=said["layer"])
        if wrapped is None:
            wrapped = peft.get_peft_model(model, lora, adapter_name=name)
        else:
            wrapped.add_adapter(name, lora)
        after = sum(parameter.numel() for parameter in model.parameters())
        totals[name], before = after - before, after
    assert wrapped is not None
    runs = []
    for batch, length in LENGTHS:
        tokens = torch.ones((batch, length), dtype=torch.int64)
        flops = {}
        with wrapped.disable_adapter():
            flops["none"] = measure.count(wrapped, tokens, use_cache=False)[0]
        for name in adapters:
            wrapped.set_adapter(name)
            flops[name] = measure.count(wrapped, tokens, use_cache=False)[0]
        runs.append({"batch": batch, "seq_len": length, "flops": flops})
    return {"parameters": totals, "runs": runs}


if __name__ == "__main__":
    with torch.no_grad():
        write()
