"""Quantized checkpoints against the graph: packed matrices, and the scales that stand beside each."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

import llmsim_adapters as la
from llmsim_adapters.proof.folder import Headers
from llmsim_adapters.proof.proof import prove_tensors
from llmsim_adapters.proof.stored import Stored
from tests.checkpoints import STORED, config_of
from tests.quantized_files import (
    LLAMA,
    METHODS,
    MIXTURE,
    awq,
    checkpoint,
    gpt_oss,
    int8_channel,
    matrices,
    others,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tests.quantized_files import Tensor

pytest.importorskip("safetensors")

MODELS = {"llama": LLAMA, "experts": MIXTURE}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("method", METHODS)
def test_what_each_method_writes_is_proven_to_the_byte(method: str, model: str, tmp_path: Path) -> None:
    config, tensors = checkpoint(MODELS[model], method)
    found = la.prove(write(tmp_path, config, tensors))
    assert found.equal, found.to_dict()
    assert found.tensors == len(tensors)
    assert found.matched == len(tensors) - len(found.beside)
    apart = sum(each.endswith("_scale") * 4 + each.endswith("nf4") * 171 for each in found.beside)
    assert found.stored_bytes - apart == found.graph_bytes


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("what", ["left out", "added", "reshaped"])
def test_each_tensor_of_a_matrix_is_held_to_its_scheme(method: str, model: str, what: str, tmp_path: Path) -> None:
    """Each in turn of the first expert or network of the second layer."""
    config, tensors = checkpoint(MODELS[model], method)
    module = "model.layers.1.mlp." + ("experts.1." if model == "experts" else "") + "up_proj."
    for at, (name, dtype, shape) in enumerate(tensors):
        if not name.startswith(module) or "quant_state" in name:
            continue
        others = [*tensors[:at], *tensors[at + 1 :]]
        if what == "added":
            others = [*tensors, (f"{name}_more", dtype, shape)]
        elif what == "reshaped":
            longer = (*shape[:-1], shape[-1] + 8) if shape else (2,)
            others.append((name, dtype, longer))
        found = la.prove(write(tmp_path, config, others))
        assert not found.equal, name
        named = {each.name for each in (*found.missing, *found.unexpected, *found.other_shape)}
        assert any(each.startswith(module) for each in named), (name, found.to_dict())
        assert all(each.startswith(module) for each in named), (name, found.to_dict())


def published(name: str) -> dict[str, Any]:
    (entry,) = [entry for entry in STORED if entry["name"] == name]
    return entry


def proof(config: dict[str, Any], tensors: Iterable[Tensor]) -> la.Proof:
    """Return the proof of a checkpoint of full size, of which no file is written."""
    model = la.load(config)
    assert model.spec is not None
    headers = Headers("files", tuple(Stored(*tensor) for tensor in tensors), 1, 0)
    return prove_tensors(model.spec, model.build(la.Schedule(engine="checkpoint")), headers)


class TestPublished:
    """What the writers here make for a published config has the numbers that others counted of the published files."""

    def test_gpt_oss(self) -> None:
        entry = published("openai/gpt-oss-20b")
        found = proof(config_of(entry), gpt_oss(config_of(entry)))
        assert (found.equal, found.tensors, found.stored_bytes) == (True, 459, entry["stored"])

    @pytest.mark.parametrize(
        ("name", "writer", "counts"),
        [
            ("Qwen/Qwen3-32B-AWQ", partial(awq, dtype="bfloat16", size=128), {"int32": 896, "bfloat16": 707}),
            (
                "RedHatAI/Meta-Llama-3.1-70B-Instruct-quantized.w8a8",
                partial(int8_channel, dtype="bfloat16"),
                {"int8": 560, "bfloat16": 723},
            ),
        ],
    )
    def test_others(self, name: str, writer: Callable[..., list[Tensor]], counts: dict[str, int]) -> None:
        config = config_of(published(name))
        tensors = [*others(config), *(each for module, (r, c) in matrices(config) for each in writer(module, r, c))]
        found = proof(config, tensors)
        assert found.equal
        assert Counter(dtype for _, dtype, _ in tensors) == counts
        assert found.stored_bytes == published(name)["stored"]


def test_a_scale_in_another_format_is_named(tmp_path: Path) -> None:
    config, tensors = checkpoint(LLAMA, "fp8, blocks")
    others = [(n, "bfloat16" if n.endswith("scale_inv") else d, s) for n, d, s in tensors]
    found = la.prove(write(tmp_path, config, others))
    assert {each.name.rpartition(".")[2] for each in found.other_format} == {"weight_scale_inv"}
    assert (found.missing, found.unexpected, found.other_shape) == ((), (), ())


def test_a_matrix_that_is_not_quantized_as_declared_is_of_another_format(tmp_path: Path) -> None:
    config, tensors = checkpoint(LLAMA, "gptq")
    plain = "model.layers.0.self_attn.o_proj"
    others = [each for each in tensors if not each[0].startswith(plain)]
    found = la.prove(write(tmp_path, config, [*others, (f"{plain}.weight", "float16", (128, 128))]))
    assert [each.name for each in found.other_format] == [f"{plain}.weight"]


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"quant_method": "torchao", "quant_type": "int4_weight_only"}, "torchao"),
        ({"quant_method": "hqq", "quant_config": {"weight_quant_params": {"nbits": 4, "group_size": 64}}}, "hqq"),
        ({"quant_method": "nobody_knows"}, "nobody_knows"),
    ],
)
def test_a_method_of_which_nobody_knows_the_files_is_refused_by_its_name(
    said: dict[str, Any], word: str, tmp_path: Path
) -> None:
    with pytest.raises(la.HeaderError, match=rf"declares a quantization \({word}\)"):
        la.load({**LLAMA, "quantization_config": said}).prove(tmp_path)
