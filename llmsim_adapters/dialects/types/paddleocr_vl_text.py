"""The text model of PaddleOCR-VL: ERNIE 4.5, of its smallest size by default. Source: `PaddleOCRTextConfig`."""

from llmsim_adapters.dialects.types import ernie4_5

DIALECT = ernie4_5.DIALECT.like("paddleocr_vl_text")
