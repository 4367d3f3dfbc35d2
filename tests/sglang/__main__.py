"""Write anew what the comparison with SGLang says: the known differences, and what `coverage.served` rests on."""

from __future__ import annotations

from tests.reference.store import line
from tests.sglang import differences, served

if __name__ == "__main__":
    rows = [
        f"{line(kind)}:{{\n" + ",\n".join(f"{line(config)}:{line(labels)}" for config, labels in configs.items()) + "}"
        for kind, configs in differences.found().items()
    ]
    differences.FILE.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
    served.FILE.write_text(served.text(served.served()), encoding="utf-8")
