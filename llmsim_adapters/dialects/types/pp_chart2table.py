"""PP-Chart2Table: GOT-OCR 2.0 for charts. Source: transformers `PPChart2TableConfig`."""

from llmsim_adapters.dialects.types import got_ocr2

DIALECT = got_ocr2.DIALECT.like("pp_chart2table")
