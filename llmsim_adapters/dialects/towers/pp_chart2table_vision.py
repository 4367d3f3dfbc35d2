"""PP-Chart2Table's picture encoder: GOT-OCR 2.0's. Source: transformers `PPChart2TableVisionConfig`."""

from llmsim_adapters.dialects.towers import got_ocr2_vision

DIALECT = got_ocr2_vision.DIALECT.like("pp_chart2table_vision")
