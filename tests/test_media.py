"""Pictures and sound in a schedule: what they become, what they cost, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la
from tests.facts import facts
from tests.media import TOWERS, TowerRun, tower_runs

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hub.server import FakeHub

QWEN: Final = "Qwen/Qwen2.5-VL-7B-Instruct"
PHOTO: Final = (1080, 1920)


def qwen(**given: Any) -> la.Model:
    return la.load(QWEN, offline=True, **given)


def towers(graph: la.OperatorGraph) -> int:
    """Return the FLOPs of a graph's encoders."""
    return sum(op.flops for op in graph.operators if op.stack in TOWERS)


ONE: Final = {name.split("-[")[0]: run for name, run in reversed(tower_runs()) if run.is_modelled}
"""A batch of each type."""


class TestASchedule:
    def test_keeps_media_as_tuples_and_gives_lists(self) -> None:
        schedule = la.Schedule(images=[[480, 640]], audio_seconds=[2.5])  # type: ignore[arg-type]
        assert schedule.images == ((480, 640),)
        assert schedule.to_dict()["images"] == [[480, 640]]
        assert schedule == la.Schedule(images=((480, 640),), audio_seconds=(2.5,))

    @pytest.mark.parametrize(
        "field",
        [
            {"images": (480, 640)},
            {"images": ((0, 640),)},
            {"images": ((480, 640, 3),)},
            {"images": "480x640"},
            {"images": ((480.0, 640.0),)},
            {"images": ((True, 640),)},
            {"images": ((2**30, 640),)},
            {"images": ((1, 1),) * 5000},
            {"videos": ((480, 640),)},
            {"audio_seconds": 3.0},
            {"audio_seconds": (0,)},
            {"audio_seconds": (float("nan"),)},
            {"audio_seconds": (float("inf"),)},
            {"audio_seconds": (True,)},
            {"preprocessed": 1},
            {"encoder_len": -1},
            {"instruction_len": -1},
        ],
        ids=str,
    )
    def test_refuses_what_is_no_media_by_the_name_of_the_field(self, field: dict[str, Any]) -> None:
        with pytest.raises(la.ScheduleError, match=f"`{next(iter(field))}`"):
            la.Schedule(**field)

    def test_has_media_in_a_prefill_alone(self) -> None:
        with pytest.raises(la.ScheduleError, match="mode"):
            la.Schedule(mode="decode", images=(PHOTO,))


class TestAPicture:
    def test_becomes_tokens_by_the_models_own_rule(self) -> None:
        (item,) = qwen().build(la.Schedule(images=(PHOTO,))).media
        assert (item.kind, item.given, item.seen) == ("image", PHOTO, (728, 1316))
        assert (item.patches, item.tokens) == (52 * 94, 52 * 94 // 4)

    def test_follows_the_settings_of_a_processor(self) -> None:
        settings = {"min_pixels": 4 * 28 * 28, "max_pixels": 16384 * 28 * 28}
        (item,) = qwen(preprocessor=settings).build(la.Schedule(images=(PHOTO,))).media
        assert item.seen == (1092, 1932)

    def test_says_that_defaults_stand_for_a_processor_that_is_not_known(self) -> None:
        notes = qwen().build(la.Schedule(images=(PHOTO,))).notes
        assert any("Qwen2VLImageProcessor" in note for note in notes)
        given = qwen(preprocessor={"min_pixels": 3136}).build(la.Schedule(images=(PHOTO,)))
        assert not any("Qwen2VLImageProcessor" in note for note in given.notes)

    @pytest.mark.parametrize("name", ["preprocessor_config.json", "processor_config.json"])
    def test_settings_are_read_beside_the_config(self, tmp_path: Path, name: str) -> None:
        settings: dict[str, Any] = {"size": {"shortest_edge": 3136, "longest_edge": 28 * 28 * 100}}
        if name == "processor_config.json":
            settings = {"image_processor": settings}
        (tmp_path / "config.json").write_text(json.dumps(qwen().config.data))
        (tmp_path / name).write_text(json.dumps(settings))
        model = la.load(tmp_path)
        assert model.build(la.Schedule(images=(PHOTO,))).media[0].tokens <= 100
        assert model.coverage.status is la.Status.FULLY_SUPPORTED

    def test_a_broken_file_of_settings_concerns_pictures_alone(self, tmp_path: Path) -> None:
        (tmp_path / "config.json").write_text(json.dumps(qwen().config.data))
        (tmp_path / "preprocessor_config.json").write_text("{")
        model = la.load(tmp_path)
        assert model.build().flops == qwen().build().flops
        assert model.coverage.status is la.Status.FULLY_SUPPORTED
        with pytest.raises(la.ScheduleError, match=r"preprocessor_config\.json"):
            model.build(la.Schedule(images=(PHOTO,)))

    @pytest.mark.parametrize("value", ["much", -1, 1.5, True, [3], 2**60])
    def test_a_setting_that_cannot_be_is_named(self, value: object) -> None:
        model = qwen(preprocessor={"max_pixels": value})
        with pytest.raises(la.ScheduleError, match=r"preprocessor_config\.json:max_pixels"):
            model.build(la.Schedule(images=(PHOTO,)))

    def test_that_no_sequence_has_room_for_says_how_many_tokens_it_needs(self) -> None:
        with pytest.raises(la.ScheduleError, match=r"`seq_len` is 1221.*1,222 tokens"):
            qwen().build(la.Schedule(images=(PHOTO,), seq_len=1221))
        assert qwen().build(la.Schedule(images=(PHOTO,), seq_len=1222)).media

    def test_of_a_shape_that_the_processor_refuses_is_refused(self) -> None:
        with pytest.raises(la.ScheduleError, match="200 times"):
            qwen().build(la.Schedule(images=((10, 3000),)))

    def test_is_refused_by_a_model_that_sees_none(self) -> None:
        with pytest.raises(la.ScheduleError, match="no encoder of pictures"):
            la.load("Qwen/Qwen3-8B", offline=True).build(la.Schedule(images=(PHOTO,)))

    def test_of_sound_is_refused_by_a_model_that_only_sees(self) -> None:
        with pytest.raises(la.ScheduleError, match="audio_seconds"):
            qwen().build(la.Schedule(audio_seconds=(1,)))


class TestWhatRuns:
    def test_a_step_of_text_costs_what_it_costs_without_an_encoder(self) -> None:
        graph = qwen().build()
        assert not graph.media
        assert towers(graph) == 0

    def test_pictures_add_the_encoder_and_nothing_else(self) -> None:
        text, seen = qwen().build(), qwen().build(la.Schedule(images=(PHOTO,)))
        assert seen.flops == text.flops + towers(seen)
        assert seen.weights == text.weights
        assert seen.caches == text.caches

    @pytest.mark.parametrize("name", sorted(ONE))
    def test_every_sequence_of_a_batch_has_its_media(self, name: str) -> None:
        run = ONE[name]
        one, three = (run.model.build(schedule(run, batch_size=count)) for count in (1, 3))
        joined = any(tower.media is not None and tower.media.joined for tower in run.model.spec.towers)  # type: ignore[union-attr]
        assert (towers(three) > 3 * towers(one)) if joined else (towers(three) == 3 * towers(one))

    @pytest.mark.parametrize("name", sorted(ONE))
    def test_a_recorded_layout_gives_the_same_graph(self, name: str) -> None:
        model, asked = ONE[name].model, schedule(ONE[name])
        first, second, third = (model.build(asked) for _ in range(3))
        assert first == second == third

    @pytest.mark.parametrize("name", sorted(ONE))
    def test_ranks_share_the_encoder_as_the_engine_splits_it(self, name: str) -> None:
        """Every rank runs some of it, none more than one rank alone would."""
        model = ONE[name].model
        alone = model.build(schedule(ONE[name], engine="sglang"))
        try:
            shared = model.build(schedule(ONE[name], engine="sglang", tp_size=2))
        except la.ScheduleError:
            pytest.skip("the heads of the tiny model don't divide over two ranks")
        assert towers(alone) // 3 < towers(shared) <= towers(alone)

    @pytest.mark.parametrize("ranks", [{"tp_size": 2}, {"tp_size": 4}, {"tp_size": 2, "dp_size": 2}])
    @pytest.mark.parametrize("name", sorted(ONE))
    def test_a_rank_multiplies_with_what_it_stores(self, name: str, ranks: dict[str, int]) -> None:
        """Also where its engine pads heads and widths, or splits a merger over other ranks than the layers."""
        try:
            graph = ONE[name].model.build(schedule(ONE[name], engine="sglang", **ranks))
        except la.ScheduleError:
            pytest.skip("the heads of the tiny model don't divide over the ranks")
        stored = {(each.stack, each.block, each.name): each.rank_elements // each.count for each in graph.weights}
        for op in graph.operators:
            if op.stack in TOWERS and op.kind == "linear" and (op.stack, op.block, op.name) in stored:
                assert op.operand_elements == stored[op.stack, op.block, op.name], op.name

    def test_formulas_name_the_rule_and_the_sizes(self) -> None:
        graph = qwen().build(la.Schedule(images=(PHOTO,)))
        operator = next(op for op in graph.operators if op.stack == "vision" and op.block == "before")
        assert "vision_patches" in operator.trace["m"]
        names = {name.name: name for name in qwen().explain(la.Schedule(images=(PHOTO,))).names}
        assert names["vision_patches"].value == 52 * 94
        assert "SmartResize: 1,080 × 1,920 seen as 728 × 1,316" in names["vision_patches"].origin

    def test_formulas_name_the_rule_of_each_kind(self) -> None:
        both = la.Schedule(seq_len=2**14, images=((480, 640),), videos=((3, 96, 96),))
        origins = {name.origin for name in la.load(ONE["gemma4"].config).explain(both).names}
        assert any("by PooledPatches and FrameByFrame of PooledPatches: " in origin for origin in origins)


def schedule(run: TowerRun, **fields: Any) -> la.Schedule:
    """Return a schedule of a batch's media, by default under the engine `checkpoint`."""
    return la.Schedule(**{"engine": "checkpoint", "seq_len": 2**17, **run.fields, **fields})


class TestSweeps:
    def test_media_are_one_value_a_point(self) -> None:
        pytest.importorskip("numpy")
        sizes = [((side, 2 * side),) for side in range(200, 1200, 100)]
        sweep = qwen().sweep(**la.grid(images=[*sizes, ()], batch_size=[1, 2]))
        assert sweep.shape == (len(sizes) + 1, 2)
        for index in (0, 7, 21):
            assert int(sweep.flops.flat[index]) == qwen().build(sweep.schedule(index)).flops

    def test_one_list_of_pictures_is_one_value(self) -> None:
        pytest.importorskip("numpy")
        sweep = qwen().sweep(images=(PHOTO, (300, 400)), batch_size=[1, 2])
        assert [int(flops) for flops in sweep.flops] == [
            qwen().build(la.Schedule(images=(PHOTO, (300, 400)), batch_size=size)).flops for size in (1, 2)
        ]

    def test_thousands_of_sizes_are_taken_apart(self) -> None:
        pytest.importorskip("numpy")
        sweep = la.load(ONE["llava"].config).sweep(images=[((side, side),) for side in range(1, 1500)])
        assert len({int(flops) for flops in sweep.flops}) == 1

    def test_a_point_that_decodes_with_media_is_refused(self) -> None:
        pytest.importorskip("numpy")
        sweep = qwen().sweep(images=(PHOTO,), mode=["extend", "decode"])
        assert sweep.refused.tolist() == [False, True]
        assert "decode" in sweep.reason(1)


class TestInstructions:
    """Some encoders read the instruction beside pictures, in words of a tokenizer of their own."""

    MODEL = ONE["instructblip"].model

    def rows(self, **fields: Any) -> int:
        graph = self.MODEL.build(schedule(ONE["instructblip"], **{"seq_len": 100, "instruction_len": 0} | fields))
        (run,) = {op.m for op in graph.operators if op.stack == "qformer" and op.name == "attention.q_proj"}
        return run

    def test_are_as_long_as_a_schedule_says(self) -> None:
        tiles = len(ONE["instructblip"].fields["images"])
        queries = self.rows(instruction_len=1) - tiles
        assert self.rows(instruction_len=40) == queries + 40 * tiles

    def test_are_as_long_as_what_stands_beside_media_unless_it_says_so_which_a_note_does(self) -> None:
        (item,) = self.MODEL.build(schedule(ONE["instructblip"])).media
        assert self.rows() == self.rows(instruction_len=100 - item.length)
        said, unsaid = (
            self.MODEL.build(schedule(ONE["instructblip"], instruction_len=length)).notes for length in (7, 0)
        )
        assert ["`instruction_len`" in " ".join(notes) for notes in (said, unsaid)] == [False, True]

    def test_longer_than_an_encoder_has_positions_for_are_refused_or_cut_off(self) -> None:
        most = self.MODEL.config.data["qformer_config"]["max_position_embeddings"]
        with pytest.raises(la.ScheduleError, match=rf"`instruction_len` is {most + 1}; .* {most} "):
            self.rows(instruction_len=most + 1)
        assert self.rows(seq_len=2**20) == self.rows(instruction_len=most)

    def test_that_nobody_reads_are_ignored_with_a_note(self) -> None:
        for model, media in ((self.MODEL, {}), (qwen(), {"images": (PHOTO,)})):
            notes = model.build(la.Schedule(instruction_len=7, **media)).notes
            assert any("`instruction_len` is ignored" in note for note in notes)

    def test_are_a_size_of_sweeps(self) -> None:
        pytest.importorskip("numpy")
        images = ONE["instructblip"].fields["images"]
        sweep = self.MODEL.sweep(images=images, seq_len=100, instruction_len=[0, 3, 50, 600])
        assert sweep.refused.tolist() == [False, False, False, True]
        for index in (0, 1, 2):
            assert int(sweep.flops[index]) == self.MODEL.build(sweep.schedule(index)).flops


def crossing() -> la.Model:
    """Return a model one of whose layers attends to an encoder's output."""
    config = ONE["mllama"].config
    text = {**config["text_config"], "cross_attention_layers": [1]}
    return la.load({**config, "text_config": text}, files=ONE["mllama"].files)


class TestAnEncodersOutput:
    def test_cross_attention_runs_where_there_is_one(self) -> None:
        model = crossing()
        text, seen = model.build(), model.build(schedule(ONE["mllama"]))
        assert not any("cross_" in op.name for op in text.operators)
        assert any("cross_" in op.name for op in seen.operators)
        assert seen.encoder_len == sum(item.attended for item in seen.media) > 0

    def test_its_length_can_be_said_without_media(self) -> None:
        model = crossing()
        graph = model.build(la.Schedule(mode="decode", context_len=10, encoder_len=77))
        keys = [op for op in graph.operators if "cross_attention.scores" in op.name]
        assert {op.n for op in keys} == {77}
        assert not any("cross_attention.k_proj" in op.name for op in graph.operators)  # cached by an earlier step
        assert graph.kv_cache_elements(11) == model.build().kv_cache_elements(11, encoder_tokens=77)


VIDEO: Final = {"videos": ((8, 480, 640),)}


class TestImageGenerators:
    """What makes pictures of codes is among the weights and runs for nothing; what makes codes runs for pictures."""

    @pytest.mark.parametrize("name", ["emu3", "janus"])
    def test_a_decoder_is_stored_and_no_step_runs_it(self, name: str) -> None:
        graph = ONE[name].graph()
        (decoder,) = (stack for stack in ONE[name].model.spec.stacks if stack.axis == "codes")
        assert decoder.name in {weight.stack for weight in graph.weights}
        assert decoder.name not in {op.stack for op in graph.operators}
        assert {op.stack for op in graph.operators} & {"vision", "vq"}

    def test_a_language_model_alone_has_neither(self) -> None:
        model = la.load({"model_type": "emu3", "architectures": ["Emu3ForCausalLM"]})
        assert model.coverage.gaps == ()
        assert {weight.stack for weight in model.build().weights} == {"model", "text"}

    @pytest.mark.parametrize(
        ("said", "key"),
        [
            ({"channel_multiplier": [1] * 17}, "channel_multiplier"),
            ({"num_attention_heads": 3}, "num_attention_heads"),
            ({"hidden_size": 24}, "hidden_size"),
            ({"num_res_blocks": 2**28}, "num_res_blocks"),
        ],
    )
    def test_sizes_that_no_net_has_are_refused(self, said: dict[str, Any], key: str) -> None:
        gaps = la.evaluate({"model_type": "emu3", "vq_config": said}).gaps
        assert ("invalid_config", f"vq_config.{key}") in [(gap.kind, gap.name) for gap in gaps]

    @pytest.mark.parametrize("said", [None, []])
    @pytest.mark.parametrize("model_type", ["chameleon", "janus"])
    def test_a_net_of_no_level_is_refused(self, model_type: str, said: object) -> None:
        gaps = la.evaluate({"model_type": model_type, "vq_config": {"channel_multiplier": said}}).gaps
        assert ("invalid_config", "vq_config.channel_multiplier") in [(gap.kind, gap.name) for gap in gaps]

    @pytest.mark.parametrize(
        ("model_type", "part", "said"),
        [
            *[("janus", "vision_config", {"mlp_ratio": ratio}) for ratio in (0, 1e-4, None)],
            ("muse_spark", "audio_config", {"mlp_ratio": 0}),
            ("florence2", "vision_config", {"mlp_ratio": 0}),
            *[("muse_spark", "audio_config", {"depths": depths}) for depths in ([2], None)],
            ("florence2", "vision_config", {"patch_padding": None}),
        ],
    )
    def test_sizes_that_leave_a_layer_nothing_are_refused(
        self, model_type: str, part: str, said: dict[str, Any]
    ) -> None:
        gaps = la.evaluate({"model_type": model_type, part: said}).gaps
        assert ("invalid_config", f"{part}.{next(iter(said))}") in [(gap.kind, gap.name) for gap in gaps]

    def test_a_code_of_another_size_than_the_nets_is_refused(self) -> None:
        model = la.load(ONE["emu3"].config, preprocessor={"spatial_factor": 16})
        with pytest.raises(la.ScheduleError, match="spatial_factor"):
            model.build(schedule(ONE["emu3"]))

    def test_pictures_of_a_step_are_padded_to_the_largest_but_their_tokens_are_not(self) -> None:
        model, sizes = ONE["emu3"].model, ((512, 512), (512, 768))
        apart = [model.build(schedule(ONE["emu3"], images=(size,))).media[0] for size in sizes]
        together = model.build(schedule(ONE["emu3"], images=sizes)).media
        assert [item.tokens for item in together] == [item.tokens for item in apart]
        assert [item.seen for item in together] == [(512, 768)] * 2


class TestSettingsOfVideos:
    """Their own file, their part of the whole processor's, or that of pictures, in this order; else the class's."""

    @pytest.mark.parametrize(
        ("files", "tokens"),
        [
            ({}, 70),
            ({"preprocessor_config.json": {"max_soft_tokens": 560}}, 560),
            ({"preprocessor_config.json": {"max_soft_tokens": 280}, "video_preprocessor_config.json": {}}, 280),
            (
                {
                    "preprocessor_config.json": {"max_soft_tokens": 560},
                    "video_preprocessor_config.json": {"max_soft_tokens": 140},
                },
                140,
            ),
            (
                {
                    "video_preprocessor_config.json": {"max_soft_tokens": 140},
                    "processor_config.json": {"video_processor": {"max_soft_tokens": 280}},
                },
                280,
            ),
        ],
    )
    def test_are_found_in_this_order(self, files: dict[str, Any], tokens: int) -> None:
        (item,) = la.load(ONE["gemma4"].config, files=files).build(schedule(ONE["gemma4"], images=(), **VIDEO)).media
        assert item.patches == 8 * tokens * 9

    def test_a_rule_that_leaves_tokens_out_is_a_gap(self) -> None:
        """Which ones NVIDIA's video models leave out depends on what is seen (`evs_module.py` of SGLang 0.5.23)."""
        config = facts("sglang/media")["types"]["NemotronH_Nano_VL_V2"]["config"]
        kept, left_out = (la.evaluate({**config, "video_pruning_rate": rate}).gaps for rate in (0.0, 0.5))
        assert [gap.name for gap in kept] == []
        assert [gap.name for gap in left_out] == ["video_pruning_rate"]

    def test_what_no_file_says_is_noted_by_the_kind_that_runs(self) -> None:
        model = la.load(ONE["gemma4"].config, files={"video_preprocessor_config.json": {"max_soft_tokens": 140}})
        told, untold = (
            model.build(la.Schedule(seq_len=2**14, engine="checkpoint", **media)).notes
            for media in (VIDEO, {"images": (PHOTO,)})
        )
        assert not any("defaults of" in note for note in told)
        assert any("defaults of Gemma4ImageProcessor: no preprocessor_config.json" in note for note in untold)

    @pytest.mark.parametrize("settings", [5, [], "max_pixels"])
    def test_that_are_no_object_are_refused_by_name(self, settings: Any) -> None:
        with pytest.raises(la.AdapterError, match=r"`preprocessor` is .*; expected an object"):
            qwen(preprocessor=settings)

    def test_of_bounds_that_are_not_modelled_refuse_videos_alone(self) -> None:
        model = la.load(ONE["kimi_k25"].config, preprocessor={"media_proc_cfg": {"in_patch_limit_video": 300}})
        with pytest.raises(la.ScheduleError, match="in_patch_limit_video"):
            model.build(la.Schedule(engine="checkpoint", **VIDEO))
        assert model.build(la.Schedule(engine="checkpoint", images=((480, 640),))).media

    @pytest.mark.parametrize(
        "said",
        [
            {"separate_video_embedder": False},
            {"video_temporal_patch_size": 1},
        ],
    )
    def test_of_frames_that_no_class_embeds_so_leave_videos_out(self, said: dict[str, Any]) -> None:
        fact = facts("sglang/media")["types"]["NemotronH_Nano_Omni_Reasoning_V3-video"]
        vision = fact["config"]["vision_config"] | said
        config = fact["config"] | {"architectures": [fact["architecture"]], "vision_config": vision}
        with pytest.raises(la.ScheduleError, match="no encoder of videos"):
            la.load(config).build(la.Schedule(engine="checkpoint", **VIDEO))
        assert la.load(config).build(la.Schedule(engine="checkpoint", images=((480, 640),))).media


class TestSettingsOnAHub:
    @pytest.mark.parametrize("on", ["huggingface", "modelscope"])
    def test_are_asked_for_by_a_schedule_with_media_once(self, hub: FakeHub, on: str) -> None:
        hub.add(on, "org/name", qwen().config.data)
        hub.beside(on, "org/name", preprocessor_config={"max_pixels": 28 * 28 * 100}, generation_config={})
        model = la.load("org/name")
        model.build()
        assert not any("preprocessor" in request.file for request in hub.requests)
        for _ in range(3):
            assert model.build(la.Schedule(images=(PHOTO,))).media[0].tokens <= 100
        asked = [request for request in hub.requests if "preprocessor" in request.file and request.method == "GET"]
        assert len(asked) == 1

    def test_are_in_the_cache_the_next_time(self, hub: FakeHub) -> None:
        hub.add("huggingface", "org/name", qwen().config.data)
        hub.beside("huggingface", "org/name", preprocessor_config={"max_pixels": 28 * 28 * 100})
        la.load("org/name").build(la.Schedule(images=(PHOTO,)))
        hub.requests.clear()
        found = la.load("org/name", offline=True).build(la.Schedule(images=(PHOTO,)))
        assert found.media[0].tokens <= 100
        assert hub.requests == []

    def test_a_hub_that_has_none_leaves_the_defaults_with_a_note(self, hub: FakeHub) -> None:
        hub.add("huggingface", "org/name", qwen().config.data)
        graph = la.load("org/name").build(la.Schedule(images=(PHOTO,)))
        assert any("Qwen2VLImageProcessor" in note for note in graph.notes)
