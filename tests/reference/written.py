"""What quantization software writes, as facts: tiny checkpoints that it really wrote, by method and form.

    python -m tests.reference.written

quantizes a Llama of 2.9 million parameters with AutoRound, Quark, torchao, HQQ and bitsandbytes (README says which
versions) and writes `facts/written.json`: what each put into its config, and the bytes of the tensors of its files.
Nothing is downloaded.
"""

from __future__ import annotations

import json
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import torch

from tests.reference.store import FACTS, line

sys.modules["torchvision"] = None  # type: ignore[assignment]  # which no language model needs, and may not be there
from transformers import LlamaConfig, LlamaForCausalLM  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

FILE: Final = FACTS / "written.json"
SIZES: Final = {
    "vocab_size": 1000,
    "hidden_size": 256,
    "intermediate_size": 640,
    "num_hidden_layers": 2,
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
    "max_position_embeddings": 128,
    "tie_word_embeddings": False,
}
LINEARS: Final = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def fresh(folder: Path) -> Path:
    """Write the unquantized model, in bfloat16, if it is not there."""
    base = folder / "base"
    if not base.exists():
        torch.manual_seed(0)
        LlamaForCausalLM(LlamaConfig(**SIZES)).to(torch.bfloat16).save_pretrained(base)
    return base


def loaded(folder: Path, quantization: Any = None) -> Any:
    """Return the model as transformers loads it, quantized as it does that."""
    return LlamaForCausalLM.from_pretrained(
        fresh(folder), dtype=torch.bfloat16, device_map="cpu", quantization_config=quantization
    )


def stored(folder: Path) -> dict[str, Any]:
    """Return what a folder's config says of its quantization, and the bytes of the tensors of its files.

    `words` are those of them that only say how a matrix is quantized.
    """
    (config,) = folder.rglob("config.json")
    said = json.loads(config.read_text(encoding="utf-8"))["quantization_config"]
    total = words = 0
    for file in config.parent.glob("*.safetensors"):
        with file.open("rb") as opened:
            header = json.loads(opened.read(int.from_bytes(opened.read(8), "little")))
        header.pop("__metadata__", None)
        for name, tensor in header.items():
            own = tensor["data_offsets"][1] - tensor["data_offsets"][0]
            total += own
            words += own if "quant_state" in name else 0
    return {"quantization_config": said, "bytes": total, **({"words": words} if words else {})}


def by_auto_round(folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    from auto_round import AutoRound
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    words = Tokenizer(models.WordLevel({f"w{n}": n for n in range(SIZES["vocab_size"])}, unk_token="w0"))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, unk_token="w0", pad_token="w0", eos_token="w0")
    mixed = {"model.layers.0.mlp.down_proj": {"bits": 8}, "model.layers.1.self_attn.q_proj": {"bits": 16}}
    forms: dict[str, tuple[dict[str, Any], str]] = {
        "4 bits": ({"scheme": "W4A16"}, "auto_round"),
        "4 bits, as AutoAWQ": ({"scheme": "W4A16", "sym": False}, "auto_round:auto_awq"),
        "8 bits": ({"bits": 8, "group_size": 64}, "auto_round"),
        "2 bits": ({"bits": 2, "group_size": 32}, "auto_round"),
        "rules": ({"scheme": "W4A16", "layer_config": mixed}, "auto_round"),
        "MXFP4": ({"scheme": "MXFP4"}, "auto_round"),
        "MXFP8": ({"scheme": "MXFP8"}, "auto_round"),
    }
    for name, (options, form) in forms.items():

        def write(
            to: Path = folder / f"auto-round {name}", options: dict[str, Any] = options, form: str = form
        ) -> None:
            rounding = AutoRound(loaded(folder), tokenizer, iters=0, disable_opt_rtn=True, **options)
            rounding.quantize_and_save(str(to), format=form)

        yield f"auto-round {name}", write


def by_quark(folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    from quark.torch import ModelQuantizer, export_safetensors
    from quark.torch.quantization.config import config as quark

    def tensor() -> Any:
        return quark.FP8E4M3PerTensorSpec(observer_method="min_max", is_dynamic=False).to_quantization_spec()

    def group(kind: Any) -> Any:
        return kind(ch_axis=-1, is_dynamic=False, group_size=128).to_quantization_spec()

    rows = quark.FP8E4M3PerChannelSpec
    mx = quark.OCP_MXFP4Spec
    eight = quark.Int8PerChannelSpec(
        symmetric=True, scale_type="float", round_method="half_even", is_dynamic=False, ch_axis=0
    )
    forms = {
        "FP8 by tensor": (tensor(), tensor()),
        "FP8 by channel": tuple(rows(is_dynamic=on, ch_axis=int(on)).to_quantization_spec() for on in (False, True)),
        "MXFP4": tuple(mx(ch_axis=-1, is_dynamic=on).to_quantization_spec() for on in (False, True)),
        "4 bits": (group(quark.Int4PerGroupSpec), None),
        "4 bits, unsigned": (group(quark.Uint4PerGroupSpec), None),
        "8 bits by channel": (eight.to_quantization_spec(), None),
    }
    for name, (weight, inputs) in forms.items():

        def write(to: Path = folder / f"quark {name}", weight: Any = weight, inputs: Any = inputs) -> None:
            said = quark.QConfig(quark.QLayerConfig(weight=weight, input_tensors=inputs), exclude=["lm_head"])
            quantizer = ModelQuantizer(said)
            model = quantizer.freeze(quantizer.quantize_model(loaded(folder), [torch.zeros(1, 16, dtype=torch.int64)]))
            with torch.no_grad():
                export_safetensors(model, str(to))

        yield f"quark {name}", write


def by_transformers(folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    from torchao import quantization as torchao
    from transformers import BitsAndBytesConfig, TorchAoConfig

    forms = {
        "torchao int8, weights": TorchAoConfig(torchao.Int8WeightOnlyConfig(version=2)),
        "torchao int8": TorchAoConfig(torchao.Int8DynamicActivationInt8WeightConfig()),
        "torchao float8, weights": TorchAoConfig(torchao.Float8WeightOnlyConfig()),
        "bitsandbytes 4 bits": BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4"),
        "bitsandbytes 4 bits, scales too": BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_use_double_quant=True),
        "bitsandbytes 8 bits": BitsAndBytesConfig(load_in_8bit=True),
    }
    for name, said in forms.items():

        def write(to: Path = folder / name, said: Any = said) -> None:
            loaded(folder, said).save_pretrained(to)

        yield name, write


def by_hqq(bits: int, size: int) -> dict[str, Any]:
    """Return what HQQ stores of each of the model's linear layers, and the words of their states apart."""
    from hqq.core.quantize import BaseQuantizeConfig, HQQLinear

    model = LlamaForCausalLM(LlamaConfig(**SIZES)).to(torch.bfloat16)
    total = words = 0
    linears = {name: module for name, module in model.named_modules() if name.endswith(LINEARS)}
    for name, tensor in model.state_dict().items():
        if name.removesuffix(".weight") not in linears:
            total += tensor.numel() * tensor.element_size()
    for module in linears.values():
        said = BaseQuantizeConfig(nbits=bits, group_size=size, axis=1)
        held: dict[str, Tensor] = HQQLinear(module, said, compute_dtype=torch.bfloat16, device="cpu").state_dict()
        for name, tensor in held.items():
            own = tensor.numel() * tensor.element_size()
            total += own
            words += 0 if name in ("W_q", "scale", "zero") else own
    weight = {"nbits": bits, "group_size": size, "axis": 1, "channel_wise": True, "optimize": True, "round_zero": True}
    quantization = {"quant_method": "hqq", "quant_config": {"weight_quant_params": weight}, "skip_modules": ["lm_head"]}
    return {"quantization_config": quantization, "bytes": total, "words": words}


def main() -> None:
    entries: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for source in (by_auto_round, by_quark, by_transformers):
            for name, write in source(folder):
                write()
                entries[name] = stored(folder / name)
    for bits, size in ((4, 64), (8, 128), (2, 16)):
        entries[f"hqq {bits} bits"] = by_hqq(bits, size)
    made = {
        name: version(name) for name in ("amd-quark", "auto-round", "bitsandbytes", "hqq", "torchao", "transformers")
    }
    config = {**SIZES, "model_type": "llama", "architectures": ["LlamaForCausalLM"], "dtype": "bfloat16"}
    head = {"made_with": made, "script": "tests/reference/written.py", "config": config}
    rows = ",\n".join(f"{line(name)}:{line(entry)}" for name, entry in entries.items())
    text = "{\n" + "".join(f"{line(key)}:{line(value)},\n" for key, value in head.items())
    FILE.write_text(f'{text}"written":{{\n{rows}\n}}}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
