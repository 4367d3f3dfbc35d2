"""SGLang's architectures: those that it registers, and those whose model files decide a placement by themselves.

Read off the classes of SGLang 0.5.23 as they are built on ranks; `tests/reference/sglang.py` says how.
"""

from __future__ import annotations

from typing import Final


def names(text: str) -> frozenset[str]:
    """Return the architectures whose names stand in a text, one after the other."""
    return frozenset(text.split())


GEMMA3N: Final = names("Gemma3nForCausalLM Gemma3nForConditionalGeneration")
GEMMA4: Final = names("""
    DiffusionGemmaForBlockDiffusion Gemma4ForCausalLM Gemma4ForConditionalGeneration
    Gemma4UnifiedForConditionalGeneration
""")
GEMMA4_ASSISTANTS: Final = names("Gemma4AssistantForCausalLM Gemma4UnifiedAssistantForCausalLM")

QWEN3_VL: Final = names("""
    BailingMM2NativeForConditionalGeneration BailingMoeV3VLForConditionalGeneration
    Cosmos3ForConditionalGeneration InternS1ProForConditionalGeneration InternS2MobiusForConditionalGeneration
    InternS2PreviewForConditionalGeneration Qwen3VLForConditionalGeneration
    Qwen3VLMoeForConditionalGeneration
    Qwen3_5ForConditionalGeneration Qwen3_5MoeForConditionalGeneration Qwen4ExpForConditionalGeneration
""")

QWEN3_OMNI: Final = names("Qwen3OmniMoeForConditionalGeneration")

MUSE_SPARK: Final = names("MuseSparkForConditionalGeneration")

GLM4V: Final = names("""
    Glm4vForConditionalGeneration Glm4vMoeForConditionalGeneration GlmImageForConditionalGeneration
    GlmOcrForConditionalGeneration
""")

DP_ATTENTION: Final = names("""
    BailingMM2NativeForConditionalGeneration BailingMMNativeForConditionalGeneration BailingMoEForCausalLM
    BailingMoeForCausalLM BailingMoeForCausalLMNextN BailingMoeV2ForCausalLM BailingMoeV2_5ForCausalLM
    BailingMoeV3ForCausalLM BailingMoeV3VLForConditionalGeneration BeamForCausalLM Cosmos3ForConditionalGeneration
    DSparkMiniMaxDraftModel DeepseekV2ForCausalLM DeepseekV32ForCausalLM DeepseekV3ForCausalLM
    DeepseekV3ForCausalLMNextN DeepseekV4ForCausalLM DeepseekV4ForCausalLMDSpark DeepseekV4ForCausalLMNextN
    Dots3NoteForCausalLM Dots3NoteForCausalLMNextN DotsVLMForCausalLM Eagle3DeepseekV2ForCausalLM Exaone4ForCausalLM
    ExaoneMoEForCausalLM ExaoneMoEForCausalLMMTP ExaoneMoeForCausalLM FalconH1ForCausalLM GigaChat35ForCausalLM
    GigaChat35ForCausalLMNextN Glm4MoeForCausalLM Glm4MoeForCausalLMNextN Glm4MoeLiteForCausalLM
    Glm4MoeLiteForCausalLMNextN Glm4vMoeForConditionalGeneration Glm5NextForConditionalGeneration
    Glm5NextForConditionalGenerationNextN GlmMoeDsaForCausalLM GlmMoeDsaForCausalLMNextN GptOssForCausalLM
    HYV4ForCausalLM HYV4ForCausalLMNextN InternS1ForConditionalGeneration InternS2MobiusForConditionalGeneration
    InternS2PreviewForConditionalGeneration K2HorizonForCausalLM KimiK25ForConditionalGeneration
    KimiK3ForConditionalGeneration KimiK3LinearForCausalLM KimiLinearForCausalLM KimiVLForConditionalGeneration
    LLaDA2MoeModelLM LagunaForCausalLM LightOnOCRForConditionalGeneration Llama4ForCausalLM
    Llama4ForConditionalGeneration LongcatFlashForCausalLM LongcatFlashForCausalLMNextN Mamba2ForCausalLM
    MellumForCausalLM MiMoV2FlashForCausalLM MiMoV2ForCausalLM MiMoV2MTP MiniCPMV4_6ForConditionalGeneration
    MiniCPMV4_7ForConditionalGeneration MiniMaxM2ForCausalLM MiniMaxM3SparseForCausalLM
    MiniMaxM3SparseForConditionalGeneration MistralLarge3ForCausalLM MistralLarge3ForCausalLMEagle
    MossVLForConditionalGeneration MuseSparkForConditionalGeneration NemotronHForCausalLM NemotronHForCausalLMMTP
    NemotronHPuzzleForCausalLM NemotronH_Nano_Omni_Reasoning_V3 NemotronH_Nano_VL_V2 NemotronH_Omni_Reasoning_V3
    PhiMoEForCausalLM Qwen2MoeForCausalLM Qwen3ASRForConditionalGeneration Qwen3ForCausalLM Qwen3ForRewardModel
    Qwen3ForSequenceClassification Qwen3Model Qwen3MoeForCausalLM Qwen3MoeForCausalLMMTP Qwen3NextForCausalLM
    Qwen3NextForCausalLMMTP Qwen3OmniMoeForConditionalGeneration Qwen3VLForConditionalGeneration
    Qwen3VLMoeForConditionalGeneration Qwen3_5ForCausalLM Qwen3_5ForCausalLMMTP Qwen3_5ForConditionalGeneration
    Qwen3_5MoeForCausalLM Qwen3_5MoeForConditionalGeneration Qwen4ExpForCausalLMMTP Qwen4ExpForConditionalGeneration
    SDARForCausalLM SarvamMLAForCausalLM SarvamMoEForCausalLM Spark2_5ForCausalLM Step3VLForConditionalGeneration
    Step3p5ForCausalLM Step3p5MTP Step3p7ForConditionalGeneration StepVLForConditionalGeneration XllmForCausalLM
""")
"""Whose attention is that of a data-parallel group; all others spread it over all ranks, whatever the groups."""

DP_EMBEDDING: Final = names("""
    BailingMM2NativeForConditionalGeneration BailingMMNativeForConditionalGeneration BailingMoEForCausalLM
    BailingMoeForCausalLM BailingMoeForCausalLMNextN BailingMoeV2ForCausalLM BailingMoeV2_5ForCausalLM
    BailingMoeV3ForCausalLM BailingMoeV3VLForConditionalGeneration BeamForCausalLM Cosmos3ForConditionalGeneration
    DeepseekV2ForCausalLM DeepseekV32ForCausalLM DeepseekV3ForCausalLM DeepseekV3ForCausalLMNextN
    DeepseekV4ForCausalLM DeepseekV4ForCausalLMNextN Dots3NoteForCausalLM Dots3NoteForCausalLMNextN DotsOCRForCausalLM
    DotsVLMForCausalLM Eagle3DeepseekV2ForCausalLM ExaoneMoEForCausalLM ExaoneMoEForCausalLMMTP ExaoneMoeForCausalLM
    FalconH1ForCausalLM Glm4ForCausalLM Glm4MoeForCausalLM Glm4MoeForCausalLMNextN Glm4MoeLiteForCausalLM
    Glm4MoeLiteForCausalLMNextN Glm4vForConditionalGeneration Glm4vMoeForConditionalGeneration
    Glm5NextForConditionalGeneration Glm5NextForConditionalGenerationNextN GlmImageForConditionalGeneration
    GlmMoeDsaForCausalLM GlmMoeDsaForCausalLMNextN GlmOcrForConditionalGeneration GlmOcrForConditionalGenerationNextN
    GptOssForCausalLM HYV4ForCausalLM HYV4ForCausalLMNextN InternS1ForConditionalGeneration
    InternS2MobiusForConditionalGeneration InternS2PreviewForConditionalGeneration JetNemotronForCausalLM
    JetVLMForConditionalGeneration K2HorizonForCausalLM KimiK25ForConditionalGeneration KimiK3ForConditionalGeneration
    KimiK3LinearForCausalLM KimiVLForConditionalGeneration LLaDA2MoeModelLM LagunaForCausalLM
    LightOnOCRForConditionalGeneration Llama4ForCausalLM Llama4ForConditionalGeneration LlavaQwenForCausalLM
    LocateAnythingForConditionalGeneration LongcatFlashForCausalLM LongcatFlashForCausalLMNextN MellumForCausalLM
    MiDashengLMModel MiMoForCausalLM MiMoV2FlashForCausalLM MiMoV2ForCausalLM MiMoV2MTP MiniCPMO
    MiniCPMV4_6ForConditionalGeneration MiniCPMV4_7ForConditionalGeneration MiniMaxM2ForCausalLM
    MiniMaxM3SparseForCausalLM MiniMaxM3SparseForConditionalGeneration MistralLarge3ForCausalLM
    MistralLarge3ForCausalLMEagle MuseSparkForConditionalGeneration NVILAForConditionalGeneration
    NVILALiteForConditionalGeneration NanbeigeForCausalLM NanbeigeForSequenceClassification NemotronHForCausalLM
    NemotronHForCausalLMMTP NemotronHPuzzleForCausalLM NemotronH_Nano_Omni_Reasoning_V3 NemotronH_Nano_VL_V2
    NemotronH_Omni_Reasoning_V3 POINTSV15ChatModel Qwen2AudioForConditionalGeneration Qwen2ForCausalLM
    Qwen2ForRewardModel Qwen2ForSequenceClassification Qwen2MoeForCausalLM Qwen2VLForConditionalGeneration
    Qwen2_5_VLForConditionalGeneration Qwen3ASRForConditionalGeneration Qwen3ForCausalLM Qwen3ForRewardModel
    Qwen3ForSequenceClassification Qwen3Model Qwen3MoeForCausalLM Qwen3MoeForCausalLMMTP Qwen3NextForCausalLM
    Qwen3NextForCausalLMMTP Qwen3OmniMoeForConditionalGeneration Qwen3VLForConditionalGeneration
    Qwen3VLMoeForConditionalGeneration Qwen3_5ForCausalLM Qwen3_5ForCausalLMMTP Qwen3_5ForConditionalGeneration
    Qwen3_5MoeForCausalLM Qwen3_5MoeForConditionalGeneration Qwen4ExpForCausalLMMTP Qwen4ExpForConditionalGeneration
    SDARForCausalLM SDARMoeForCausalLM SarvamMLAForCausalLM SarvamMoEForCausalLM Spark2_5ForCausalLM
    Step3VLForConditionalGeneration Step3p5ForCausalLM Step3p7ForConditionalGeneration StepVLForConditionalGeneration
    XllmForCausalLM
""")
"""Whose embedding is split over the ranks of a data-parallel group."""

DP_HEAD: Final = names("""
    ApertusForCausalLM ArceeForCausalLM BailingMM2NativeForConditionalGeneration
    BailingMMNativeForConditionalGeneration BailingMoEForCausalLM BailingMoeForCausalLM BailingMoeForCausalLMNextN
    BailingMoeV2ForCausalLM BailingMoeV2_5ForCausalLM BailingMoeV3ForCausalLM BailingMoeV3VLForConditionalGeneration
    BeamForCausalLM Cosmos3EdgeForConditionalGeneration Cosmos3ForConditionalGeneration DeepseekV2ForCausalLM
    DeepseekV32ForCausalLM DeepseekV3ForCausalLM DeepseekV3ForCausalLMNextN DeepseekV4ForCausalLM
    DeepseekV4ForCausalLMNextN Dots3NoteForCausalLM Dots3NoteForCausalLMNextN DotsVLMForCausalLM
    Eagle3DeepseekV2ForCausalLM Exaone4ForCausalLM ExaoneMoEForCausalLM ExaoneMoEForCausalLMMTP ExaoneMoeForCausalLM
    FalconH1ForCausalLM GigaChat35ForCausalLM Glm4MoeForCausalLM Glm4MoeForCausalLMNextN Glm4MoeLiteForCausalLM
    Glm4MoeLiteForCausalLMNextN Glm4vMoeForConditionalGeneration Glm5NextForConditionalGeneration
    Glm5NextForConditionalGenerationNextN GlmAsrForConditionalGeneration GlmMoeDsaForCausalLM
    GlmMoeDsaForCausalLMNextN GlmOcrForConditionalGenerationNextN GptOssForCausalLM HYV4ForCausalLM
    HYV4ForCausalLMNextN IQuestCoderForCausalLM InternLM3ForCausalLM InternS1ForConditionalGeneration
    InternS2MobiusForConditionalGeneration InternS2PreviewForConditionalGeneration K2HorizonForCausalLM
    KimiK25ForConditionalGeneration KimiK3ForConditionalGeneration KimiK3LinearForCausalLM
    KimiVLForConditionalGeneration LLaDA2MoeModelLM LagunaForCausalLM LightOnOCRForConditionalGeneration
    Llama4ForCausalLM Llama4ForConditionalGeneration LlamaForCausalLM LlavaForConditionalGeneration
    LlavaLlamaForCausalLM LlavaMistralForCausalLM LlavaVidForCausalLM LongcatFlashForCausalLM
    LongcatFlashForCausalLMNextN MellumForCausalLM MiMoV2FlashForCausalLM MiMoV2ForCausalLM MiMoV2MTP MiniCPMV
    MiniMaxM3SparseForCausalLM MiniMaxM3SparseForConditionalGeneration Ministral3ForCausalLM MistralForCausalLM
    MistralLarge3ForCausalLM MistralLarge3ForCausalLMEagle MultiModalityCausalLM MuseSparkForConditionalGeneration
    NemotronHForCausalLM NemotronHForCausalLMMTP NemotronHPuzzleForCausalLM NemotronH_Nano_Omni_Reasoning_V3
    NemotronH_Nano_VL_V2 NemotronH_Omni_Reasoning_V3 Phi3ForCausalLM PixtralForConditionalGeneration
    Qwen2MoeForCausalLM Qwen3ASRForConditionalGeneration Qwen3ForCausalLM Qwen3MoeForCausalLM Qwen3MoeForCausalLMMTP
    Qwen3NextForCausalLM Qwen3NextForCausalLMMTP Qwen3OmniMoeForConditionalGeneration Qwen3VLForConditionalGeneration
    Qwen3VLMoeForConditionalGeneration Qwen3_5ForCausalLM Qwen3_5ForCausalLMMTP Qwen3_5ForConditionalGeneration
    Qwen3_5MoeForCausalLM Qwen3_5MoeForConditionalGeneration Qwen4ExpForCausalLMMTP Qwen4ExpForConditionalGeneration
    SDARForCausalLM SDARMoeForCausalLM Sarashina2VisionForCausalLM SarvamMLAForCausalLM SarvamMoEForCausalLM
    SolarForCausalLM Step3p5ForCausalLM Step3p7ForConditionalGeneration StepVLForConditionalGeneration
    TeleFLMForCausalLM VoxtralForConditionalGeneration XllmForCausalLM YiVLForCausalLM
""")
"""Whose head is split over the ranks of a data-parallel group where `enable_dp_lm_head` asks for it."""

WHOLE_EMBEDDING: Final = names("""
    EmbeddingGemmaModel Gemma3ForCausalLM Gemma3ForConditionalGeneration Gemma3nForCausalLM
    Gemma3nForConditionalGeneration Gemma4AssistantForCausalLM Gemma4ForCausalLM Gemma4ForConditionalGeneration
    Gemma4UnifiedAssistantForCausalLM Gemma4UnifiedForConditionalGeneration WhisperForConditionalGeneration
""")
"""Whose embedding is whole on every rank."""

WHOLE_EMBEDDING_WITH_DP: Final = names("""
    BailingMoeForCausalLMNextN BailingMoeV2_5ForCausalLM BailingMoeV3ForCausalLM
    BailingMoeV3VLForConditionalGeneration DeepseekV4ForCausalLM DeepseekV4ForCausalLMDSpark
    DeepseekV4ForCausalLMNextN Dots3NoteForCausalLM Dots3NoteForCausalLMNextN ExaoneMoEForCausalLM
    ExaoneMoEForCausalLMMTP ExaoneMoeForCausalLM GlmOcrForConditionalGenerationNextN
    InternS2MobiusForConditionalGeneration InternS2PreviewForConditionalGeneration Qwen3_5ForCausalLM
    Qwen3_5ForCausalLMMTP Qwen3_5ForConditionalGeneration Qwen3_5MoeForCausalLM Qwen3_5MoeForConditionalGeneration
    MiniCPMV4_6ForConditionalGeneration SarvamMLAForCausalLM Step3p5ForCausalLM
""")
"""Whose embedding is whole on every rank with DP attention, and split over all ranks without."""

NO_CACHE_SCALES: Final = names("""
    BailingMoEForCausalLM BailingMoeForCausalLM BailingMoeV2ForCausalLM BeamForCausalLM Cosmos3ForConditionalGeneration
    DiffusionGemmaForBlockDiffusion ExaoneMoEForCausalLM ExaoneMoeForCausalLM FalconH1ForCausalLM Glm4MoeForCausalLM
    Glm4vMoeForConditionalGeneration GlmImageForConditionalGeneration GptOssForCausalLM HYV3ForCausalLM
    HrmTextForCausalLM HunYuanDenseV1ForCausalLM HunYuanMoEV1ForCausalLM Idefics3ForConditionalGeneration
    InternS1ForConditionalGeneration InternS1ProForConditionalGeneration LLaDA2MoeModelLM Lfm2ForCausalLM
    Lfm2MoeForCausalLM Lfm2VlForConditionalGeneration LightOnOCRForConditionalGeneration Llama4ForCausalLM
    Llama4ForConditionalGeneration MellumForCausalLM Qwen3ASRForConditionalGeneration Qwen3ForCausalLM
    Qwen3ForRewardModel Qwen3ForSequenceClassification Qwen3Model Qwen3MoeForCausalLM
    Qwen3OmniMoeForConditionalGeneration Qwen3VLForConditionalGeneration Qwen3VLMoeForConditionalGeneration
    SDARForCausalLM SDARMoeForCausalLM Step3p5ForCausalLM Step3p7ForConditionalGeneration TorchNativeLlamaForCausalLM
    TorchNativePhi3ForCausalLM TransformersEmbeddingModel TransformersForCausalLM TransformersForSequenceClassification
    TransformersMoEEmbeddingModel TransformersMoEForCausalLM TransformersMoEForSequenceClassification
    TransformersMultiModalEmbeddingModel TransformersMultiModalForCausalLM
    TransformersMultiModalForSequenceClassification TransformersMultiModalMoEEmbeddingModel
    TransformersMultiModalMoEForCausalLM TransformersMultiModalMoEForSequenceClassification
""")
"""Whose attention isn't told how the model is quantized, and so has no scales of what it caches."""

DENSE_OF_EACH_RANK: Final = names("""
    BailingMM2NativeForConditionalGeneration BailingMMNativeForConditionalGeneration BailingMoEForCausalLM
    BailingMoeForCausalLM BailingMoeV2ForCausalLM BailingMoeV3ForCausalLM BailingMoeV3VLForConditionalGeneration
    DeepseekV2ForCausalLM DeepseekV32ForCausalLM DeepseekV3ForCausalLM Dots3NoteForCausalLM DotsVLMForCausalLM
    Ernie4_5_ForCausalLM Ernie4_5_MoeForCausalLM GigaChat35ForCausalLM Glm4MoeForCausalLM Glm4MoeLiteForCausalLM
    Glm4vMoeForConditionalGeneration Glm5NextForConditionalGeneration GlmMoeDsaForCausalLM K2HorizonForCausalLM
    KimiK25ForConditionalGeneration KimiVLForConditionalGeneration LLaDA2MoeModelLM MiMoV2FlashForCausalLM
    MiMoV2ForCausalLM MiniMaxM3SparseForCausalLM MiniMaxM3SparseForConditionalGeneration MistralLarge3ForCausalLM
    PaddleOCRVLForConditionalGeneration SarvamMLAForCausalLM SarvamMoEForCausalLM XllmForCausalLM
""")
"""Whose dense networks `moe_dense_tp_size` 1 keeps whole; the other classes pass it over."""

DSA: Final = names("DeepseekV32ForCausalLM GlmMoeDsaForCausalLM")
"""Whose latent attention attends to tokens that an indexer chooses (DSA)."""

DSA_POOL: Final = names("""
    DeepseekV32ForCausalLM DeepseekV3ForCausalLM Dots3NoteForCausalLM Glm5NextForConditionalGeneration
    GlmMoeDsaForCausalLM HYV4ForCausalLM LongcatFlashForCausalLM MistralLarge3ForCausalLM
    PixtralForConditionalGeneration
""")
"""Whose caches are those of DSA where a config has an indexer."""

WINDOWED_POOL: Final = names("""
    BeamForCausalLM DeepseekV4ForCausalLM DiffusionGemmaForBlockDiffusion Dots3NoteForCausalLM EmbeddingGemma2Model
    Gemma4ForCausalLM Gemma4ForConditionalGeneration Gemma4UnifiedForConditionalGeneration GptOssForCausalLM
    GraniteMoeSWAForCausalLM GraniteSWAForCausalLM IQuestQ1ForCausalLM IQuestQ1MTP InklingForConditionalGeneration
    LagunaForCausalLM Llama4ForConditionalGeneration MellumForCausalLM MiMoV2FlashForCausalLM MiMoV2ForCausalLM
    MuseGlimmerForCausalLM MuseGlimmerForConditionalGeneration MuseSparkForConditionalGeneration Spark2_5ForCausalLM
    Step3p5ForCausalLM Step3p7ForConditionalGeneration UnlimitedOCRForCausalLM
""")
"""Whose layers with a window keep their keys and values in a pool of their own."""

HEADS_OF_ALL_RANKS: Final = names("Exaone4ForCausalLM")
"""Whose attention is that of a data-parallel group, but needs heads for all ranks."""

WHOLE_KV_HEADS: Final = names("Phi3SmallForCausalLM")
"""Of whose key/value heads no two ranks have the same."""

ONE_RANK_GROUPS: Final = names("""
    BailingMMNativeForConditionalGeneration CLIPModel DotsOCRForCausalLM DotsVLMForCausalLM
    Gemma3ForConditionalGeneration IQuestQ1ForCausalLM InternS1ForConditionalGeneration InternVLChatModel
    KimiVLForConditionalGeneration Lfm2VlForConditionalGeneration LightOnOCRForConditionalGeneration
    LlavaForConditionalGeneration LocateAnythingForConditionalGeneration MiDashengLMModel MiniCPMV
    MiniCPMV4_6ForConditionalGeneration MiniCPMV4_7ForConditionalGeneration Mistral3ForConditionalGeneration
    MllamaForConditionalGeneration MossVLForConditionalGeneration MultiModalityCausalLM
    MuseGlimmerForConditionalGeneration NemotronH_Nano_Omni_Reasoning_V3 NemotronH_Nano_VL_V2
    NemotronH_Omni_Reasoning_V3 POINTSV15ChatModel PaddleOCRVLForConditionalGeneration Phi4MMForCausalLM
    PhiMoEForCausalLM Qwen2VLForConditionalGeneration Qwen3OmniMoeForConditionalGeneration
    Sarashina2VisionForCausalLM Step3VLForConditionalGeneration Step3p7ForConditionalGeneration
    StepVLForConditionalGeneration
""")
"""Whose data-parallel groups have one rank each, or are one group."""

BLOCK_DRAFTS: Final = names("""
    DFlash2BeamDraftModel DFlash2DraftModel DFlashLagunaForCausalLM DSparkDraftModel DSparkMiniMaxDraftModel
    DeepseekV4ForCausalLMDSpark Lfm2DSparkDraftModel LiLiCorrDraftModel LingDSparkModel MiniMaxDFlash2DraftModel
    Qwen3DSparkModel
""")
"""Drafts of blocks of tokens, of which DP attention asks that heads are those of data-parallel groups."""

TRANSFORMERS: Final = names("""
    TransformersEmbeddingModel TransformersForCausalLM TransformersForSequenceClassification
    TransformersMoEEmbeddingModel TransformersMoEForCausalLM TransformersMoEForSequenceClassification
    TransformersMultiModalEmbeddingModel TransformersMultiModalForCausalLM
    TransformersMultiModalForSequenceClassification TransformersMultiModalMoEEmbeddingModel
    TransformersMultiModalMoEForCausalLM TransformersMultiModalMoEForSequenceClassification
""")
"""The names of SGLang's wrappers of Transformers' own classes."""

NO_SPLIT: Final = names("RobertaForMaskedLM RobertaModel")
"""Which SGLang runs by Transformers' own class, which can't be split."""

NO_DP: Final = names("""
    Ernie4_5_VLMoeForConditionalGeneration IQuestQ1ForCausalLM IQuestQ1MTP InklingForConditionalGeneration
    InklingForConditionalGenerationMTP MiniCPMForCausalLM MiniCPMSALAForCausalLM ZayaForCausalLM
""")
"""Which SGLang refuses to serve with DP attention."""

AN_EXPERT_A_RANK: Final = names("""
    DeepseekForCausalLM DeepseekV2ForCausalLM DeepseekV32ForCausalLM DeepseekV3ForCausalLM Glm4MoeForCausalLM
    GlmMoeDsaForCausalLM MiniMaxM2ForCausalLM Qwen2MoeForCausalLM Qwen3MoeForCausalLM Qwen3NextForCausalLM
    Qwen3OmniMoeForConditionalGeneration Qwen3VLMoeForConditionalGeneration Qwen3_5MoeForCausalLM
    Qwen3_5MoeForConditionalGeneration
""")
"""Which SGLang refuses to spread over more ranks than there are experts, even where each expert is split."""

PLAIN_LINEAR: Final = names("""
    DiffusionGemmaForBlockDiffusion Gemma3nForConditionalGeneration Gemma4ForConditionalGeneration
    VoxtralForConditionalGeneration WhisperForConditionalGeneration
""")
"""Whose towers are made of plain linear layers, attention's too."""

ONE_EXPERT_EACH: Final = names("Glm4MoeForCausalLM")
"""Whose experts are stored once, whatever the redundant ones that are asked for."""

REGISTERED: Final = names("""
    AfmoeForCausalLM ApertusForCausalLM ArceeForCausalLM BaichuanForCausalLM
    BailingMM2NativeForConditionalGeneration BailingMMNativeForConditionalGeneration BailingMoEForCausalLM
    BailingMoeForCausalLM BailingMoeForCausalLMNextN BailingMoeV2ForCausalLM BailingMoeV2_5ForCausalLM
    BailingMoeV3ForCausalLM BailingMoeV3VLForConditionalGeneration BeamForCausalLM BertForSequenceClassification
    BertModel CLIPModel ChatGLMModel Cohere2ForCausalLM Cohere2MoeForCausalLM Cohere2VisionForConditionalGeneration
    CohereForCausalLM Contriever Cosmos3EdgeForConditionalGeneration Cosmos3ForConditionalGeneration
    DFlash2BeamDraftModel DFlash2DraftModel DFlashDraftModel DFlashLagunaForCausalLM DSparkDraftModel
    DSparkMiniMaxDraftModel DbrxForCausalLM DeciLMForCausalLM DeepseekForCausalLM DeepseekOCRForCausalLM
    DeepseekV2ForCausalLM DeepseekV32ForCausalLM DeepseekV3ForCausalLM DeepseekV3ForCausalLMNextN
    DeepseekV4ForCausalLM DeepseekV4ForCausalLMDSpark DeepseekV4ForCausalLMNextN DeepseekVL2ForCausalLM
    DiffusionGemmaForBlockDiffusion Dots3NoteForCausalLM Dots3NoteForCausalLMNextN DotsOCRForCausalLM
    DotsVLMForCausalLM Eagle3DeepseekV2ForCausalLM EmbeddingGemma2Model EmbeddingGemmaModel Ernie4_5_ForCausalLM
    Ernie4_5_MoeForCausalLM Ernie4_5_MoeForCausalLMMTP Ernie4_5_VLMoeForConditionalGeneration Exaone4ForCausalLM
    ExaoneForCausalLM ExaoneMoEForCausalLM ExaoneMoEForCausalLMMTP ExaoneMoeForCausalLM FalconH1ForCausalLM
    FalconMambaForCausalLM GPT2LMHeadModel GPTBigCodeForCausalLM GPTJForCausalLM Gemma2ForCausalLM
    Gemma2ForSequenceClassification Gemma3ForCausalLM Gemma3ForConditionalGeneration Gemma3nForCausalLM
    Gemma3nForConditionalGeneration Gemma4AssistantForCausalLM Gemma4ForCausalLM Gemma4ForConditionalGeneration
    Gemma4UnifiedAssistantForCausalLM Gemma4UnifiedForConditionalGeneration GemmaForCausalLM GigaChat35ForCausalLM
    GigaChat35ForCausalLMNextN Glm4ForCausalLM Glm4MoeForCausalLM Glm4MoeForCausalLMNextN Glm4MoeLiteForCausalLM
    Glm4MoeLiteForCausalLMNextN Glm4vForConditionalGeneration Glm4vMoeForConditionalGeneration
    Glm5NextForConditionalGeneration Glm5NextForConditionalGenerationNextN GlmAsrForConditionalGeneration
    GlmImageForConditionalGeneration GlmMoeDsaForCausalLM GlmMoeDsaForCausalLMNextN GlmOcrForConditionalGeneration
    GlmOcrForConditionalGenerationNextN GptOssForCausalLM GraniteForCausalLM GraniteMoeForCausalLM
    GraniteMoeHybridForCausalLM GraniteMoeSWAForCausalLM GraniteMoeSharedForCausalLM GraniteSWAForCausalLM
    Grok1ForCausalLM Grok1ModelForCausalLM HYV3ForCausalLM HYV3ForCausalLMNextN HYV4ForCausalLM HYV4ForCausalLMNextN
    HrmTextForCausalLM HunYuanDenseV1ForCausalLM HunYuanMoEV1ForCausalLM IQuestCoderForCausalLM
    IQuestLoopCoderForCausalLM IQuestQ1ForCausalLM IQuestQ1MTP InklingForConditionalGeneration
    InklingForConditionalGenerationMTP InternLM2ForCausalLM InternLM2ForRewardModel InternLM3ForCausalLM
    InternS1ForConditionalGeneration InternS1ProForConditionalGeneration InternS2MobiusForConditionalGeneration
    InternS2PreviewForConditionalGeneration InternVLChatModel JetNemotronForCausalLM JetVLMForConditionalGeneration
    K2HorizonForCausalLM KimiK25ForConditionalGeneration KimiK3ForConditionalGeneration KimiK3LinearForCausalLM
    KimiLinearForCausalLM KimiVLForConditionalGeneration LLaDA2MoeModelLM LagunaForCausalLM Lfm2BidirectionalModel
    Lfm2DSparkDraftModel Lfm2ForCausalLM Lfm2MoeForCausalLM Lfm2VlForConditionalGeneration LiLiCorrDraftModel
    LightOnOCRForConditionalGeneration LingDSparkModel Llama4ForCausalLM Llama4ForConditionalGeneration
    LlamaEmbeddingModel LlamaForCausalLM LlamaForCausalLMEagle LlamaForCausalLMEagle3 LlamaForClassification
    LlamaForSequenceClassification LlamaForSequenceClassificationWithNormal_Weights LlavaForConditionalGeneration
    LlavaLlamaForCausalLM LlavaMistralForCausalLM LlavaQwenForCausalLM LlavaVidForCausalLM
    LocateAnythingForConditionalGeneration LongcatFlashForCausalLM LongcatFlashForCausalLMNextN Mamba2ForCausalLM
    MambaForCausalLM MellumForCausalLM MiDashengLMModel MiMoForCausalLM MiMoMTP MiMoV2ASRForCausalLM
    MiMoV2FlashForCausalLM MiMoV2ForCausalLM MiMoV2MTP MindSporeForCausalLM MiniCPM3ForCausalLM MiniCPMForCausalLM
    MiniCPMO MiniCPMSALAForCausalLM MiniCPMV MiniCPMV4_6ForConditionalGeneration MiniCPMV4_7ForConditionalGeneration
    MiniMaxDFlash2DraftModel MiniMaxM2ForCausalLM MiniMaxM3SparseForCausalLM MiniMaxM3SparseForConditionalGeneration
    Ministral3ForCausalLM Mistral3ForConditionalGeneration MistralForCausalLM MistralForCausalLMEagle
    MistralLarge3ForCausalLM MistralLarge3ForCausalLMEagle MistralModel MixtralForCausalLM
    MllamaForConditionalGeneration MossVLForConditionalGeneration MultiModalityCausalLM MuseGlimmerAssistantModel
    MuseGlimmerForCausalLM MuseGlimmerForConditionalGeneration MuseSparkForConditionalGeneration
    NVILAForConditionalGeneration NVILALiteForConditionalGeneration NanbeigeForCausalLM
    NanbeigeForSequenceClassification NemotronHForCausalLM NemotronHForCausalLMMTP NemotronHPuzzleForCausalLM
    NemotronH_Nano_Omni_Reasoning_V3 NemotronH_Nano_VL_V2 NemotronH_Omni_Reasoning_V3 OPTForCausalLM
    Olmo2ForCausalLM OlmoForCausalLM OlmoeForCausalLM OrionForCausalLM POINTSV15ChatModel
    PaddleOCRVLForConditionalGeneration PersimmonForCausalLM Phi3ForCausalLM Phi3SmallForCausalLM Phi4MMForCausalLM
    PhiForCausalLM PhiMoEForCausalLM PixtralForConditionalGeneration PixtralVisionModel QWenLMHeadModel
    QuantMixtralForCausalLM Qwen2AudioForConditionalGeneration Qwen2ForCausalLM Qwen2ForCausalLMEagle
    Qwen2ForRewardModel Qwen2ForSequenceClassification Qwen2MoeForCausalLM Qwen2VLForConditionalGeneration
    Qwen2_5_VLForConditionalGeneration Qwen3ASRForConditionalGeneration Qwen3DSparkModel Qwen3ForCausalLM
    Qwen3ForRewardModel Qwen3ForSequenceClassification Qwen3Model Qwen3MoeForCausalLM Qwen3MoeForCausalLMMTP
    Qwen3NextForCausalLM Qwen3NextForCausalLMMTP Qwen3OmniMoeForConditionalGeneration
    Qwen3VLForConditionalGeneration Qwen3VLMoeForConditionalGeneration Qwen3_5ForCausalLM Qwen3_5ForCausalLMMTP
    Qwen3_5ForConditionalGeneration Qwen3_5MoeForCausalLM Qwen3_5MoeForConditionalGeneration Qwen4ExpForCausalLMMTP
    Qwen4ExpForConditionalGeneration SDARForCausalLM SDARMoeForCausalLM Sarashina2VisionForCausalLM
    SarvamMLAForCausalLM SarvamMoEForCausalLM SolarForCausalLM Spark2_5ForCausalLM StableLmForCausalLM
    Starcoder2ForCausalLM Step3VLForConditionalGeneration Step3p5ForCausalLM Step3p5MTP
    Step3p7ForConditionalGeneration StepVLForConditionalGeneration TeleFLMForCausalLM TorchNativeLlamaForCausalLM
    TorchNativePhi3ForCausalLM TransformersEmbeddingModel TransformersForCausalLM
    TransformersForSequenceClassification TransformersMoEEmbeddingModel TransformersMoEForCausalLM
    TransformersMoEForSequenceClassification TransformersMultiModalEmbeddingModel TransformersMultiModalForCausalLM
    TransformersMultiModalForSequenceClassification TransformersMultiModalMoEEmbeddingModel
    TransformersMultiModalMoEForCausalLM TransformersMultiModalMoEForSequenceClassification UnlimitedOCRForCausalLM
    VoxtralForConditionalGeneration WhisperForConditionalGeneration XLMRobertaForSequenceClassification
    XLMRobertaModel XllmForCausalLM XverseForCausalLM XverseMoeForCausalLM YiVLForCausalLM ZayaForCausalLM
""")
"""The architectures that SGLang registers a class for."""

UNSEEN: Final = names("""
    InternS1ProForConditionalGeneration MiMoV2ASRForCausalLM MindSporeForCausalLM PixtralVisionModel
""")
"""Whose classes could not be built, so that it is not known what they make of DP attention."""

FUSES_ANY: Final = names("Glm4MoeForCausalLM Glm4vMoeForConditionalGeneration")
"""Whose shared experts are stored among the routed ones whatever the checkpoint says of their format."""
