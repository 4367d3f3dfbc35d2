"""The engine `sglang` against SGLang's own pools: what a rank keeps of each token and each sequence."""

from __future__ import annotations

import pytest

import llmsim_adapters as la
from tests.sglang import CONFIGS, caches, model

KNOWN = caches.known()


@pytest.mark.parametrize("config", caches.CACHES)
def test_each_cache_is_that_of_sglangs_pools_to_the_byte_or_known_to_differ(config: str) -> None:
    """A layout that becomes exact has to leave `cache_differences.json`: `python -m tests.sglang`."""
    known = {label: kind for kind, those in KNOWN.items() for label in those.get(config, ())}
    assert caches.differing(config) == known


def test_each_kind_of_difference_has_its_reason() -> None:
    assert list(KNOWN) == list(caches.KINDS)
    assert all(reason for reason, _ in caches.KINDS.values())


def test_every_config_that_is_no_draft_has_its_pools_or_a_reason_why_not() -> None:
    said = {*caches.CACHES, *caches.facts("sglang/caches")["not_recorded"]}
    assert {name for name, entry in CONFIGS.items() if "draft" not in entry} == said


@pytest.mark.parametrize(("dtype", "latent"), [(None, 2 * 576), ("bfloat16", 2 * 576), ("float8_e4m3fn", 656)])
def test_a_latent_of_dsa_in_8_bits_has_scales_and_a_rotary_part_in_16_bits(dtype: str | None, latent: int) -> None:
    graph = model("deepseek-ai/DeepSeek-V3.2").build(la.Schedule(engine="sglang", kv_cache_dtype=dtype))
    entries = [cache for cache in graph.caches if cache.kind == "latent"]
    layers = entries[0].layers
    assert sum(cache.rank_bytes(64, reserve=True) for cache in entries) % (64 * latent) == 0
    assert sum(cache.rank_bytes(1) for cache in entries if cache.block == entries[0].block) == layers * latent


def test_latents_of_dsa_have_sglangs_format_whatever_a_checkpoint_declares() -> None:
    graph = model("nvidia/DeepSeek-V3.2-NVFP4").build(la.Schedule(engine="sglang"))
    assert {cache.dtype for cache in graph.caches if cache.kind == "latent"} == {"bfloat16"}
    assert not any("the checkpoint declares" in note for note in graph.notes)


@pytest.mark.parametrize(("dtype", "latents"), [(None, 11 * 1024), ("float8_e4m3fn", 11 * 528)])
def test_an_indexer_of_pools_keeps_a_key_of_each_and_what_is_of_none_yet(dtype: str | None, latents: int) -> None:
    """Recorded of SGLang's pools: 90.75 bytes of index keys a token, and 45,056 of keys and of gates a request."""
    graph = model("made/Glm5Next-with-streams").build(la.Schedule(engine="sglang", kv_cache_dtype=dtype))
    assert graph.rank_kv_cache_bytes(1600) == 1600 * latents + int(1600 * 90.75)
    assert graph.rank_kv_cache_bytes(1, reserve=True) == 1024 * latents
    assert graph.rank_state_bytes == 5013504 + 142606336 + 2 * 45056


def test_what_dsa_reserves_comes_in_pages_of_64_tokens() -> None:
    graph = model("deepseek-ai/DeepSeek-V3.2").build(la.Schedule(engine="sglang"))
    used, reserved = graph.rank_kv_cache_bytes(65), graph.rank_kv_cache_bytes(65, reserve=True)
    assert used * 128 == reserved * 65


def test_room_that_nothing_is_kept_in_is_reserved_and_not_used() -> None:
    """Layers of Gemma 3n that read an earlier layer's keys and values."""
    graph = model("made/gemma3n_text").build(la.Schedule(engine="sglang"))
    assert graph.rank_kv_cache_bytes(1, reserve=True) * 20 == graph.rank_kv_cache_bytes(1) * 35
    checkpoint = model("made/gemma3n_text").build(la.Schedule(engine="checkpoint"))
    assert checkpoint.kv_cache_bytes(1, reserve=True) == graph.rank_kv_cache_bytes(1)


@pytest.mark.parametrize(
    ("config", "used", "reserved"),
    [
        ("nvidia/Llama-3_3-Nemotron-Super-49B-v1_5", 49 * 4096, 80 * 4096),
        ("meta-llama/Llama-3.2-11B-Vision-Instruct", 32 * 4096, 40 * 4096),
        ("openai/whisper-base", 6 * 2048, 18 * 2048),
        ("BAAI/bge-large-en", 0, 24 * 4096),
        ("google/embeddinggemma-300m", 0, 0),
    ],
)
def test_one_pool_has_room_for_each_token_in_every_layer(config: str, used: int, reserved: int) -> None:
    graph = model(config).build(la.Schedule(engine="sglang"))
    assert graph.rank_kv_cache_bytes(1) == used
    assert graph.rank_kv_cache_bytes(1, reserve=True) == reserved


def test_one_pool_has_room_for_an_encoders_output_in_every_layer_too() -> None:
    graph = model("meta-llama/Llama-3.2-11B-Vision-Instruct").build(la.Schedule(engine="sglang"))
    assert graph.rank_kv_cache_bytes(100, encoder_tokens=10) == (32 * 100 + 8 * 10) * 4096
    assert graph.rank_kv_cache_bytes(100, encoder_tokens=10, reserve=True) == 40 * (100 + 10) * 4096


def test_a_pool_has_one_number_of_key_value_heads() -> None:
    config = dict(CONFIGS["nvidia/Llama-3_3-Nemotron-Super-49B-v1_5"]["config"])
    first, *others = config["block_configs"]
    assert not first["attention"]["no_op"]
    config["block_configs"] = [{**first, "attention": {**first["attention"], "n_heads_in_group": 16}}, *others]
    with pytest.raises(la.ScheduleError, match=r"`n_heads_in_group` of `block_configs` .* 4, 8 key/value heads"):
        la.load(config).build(la.Schedule(engine="sglang"))
    assert la.load(config).build(la.Schedule(engine="checkpoint")).weight_bytes > 0


@pytest.mark.parametrize(
    ("said", "dtype"),
    [
        ({"kv_cache_quant_algo": "FP8"}, "float8_e4m3fn"),
        ({"kv_cache_scheme": {"type": "float", "num_bits": 8}}, "float8_e4m3fn"),
        ({"kv_cache_scheme": "FP8"}, "bfloat16"),
    ],
)
def test_a_caches_declared_format_counts_where_sglang_looks_for_it(said: dict[str, object], dtype: str) -> None:
    config = dict(CONFIGS["Qwen/Qwen3-32B-FP8-Static-PerTensor"]["config"])
    config["quantization_config"] = {"quant_method": "modelopt", "quant_algo": "FP8", "ignore": ["lm_head"], **said}
    graph = la.load(config).build(la.Schedule(engine="sglang"))
    assert {cache.dtype for cache in graph.caches} == {dtype}
    assert any("where SGLang doesn't look for it" in note for note in graph.notes) == (dtype == "bfloat16")
    checkpoint = la.load(config).build(la.Schedule(engine="checkpoint"))
    assert {cache.dtype for cache in checkpoint.caches} == {"float8_e4m3fn"}
