"""Results that are kept in a JSON file and found again by everything that they depend on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from torchw2v.atomic import write_text

Fields = dict[str, Any]


class Store:
    """A list of {"of": what it depends on, "is": the result}; every `put` writes the file anew.

    With no path nothing is found and nothing kept.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._entries: list[dict[str, Fields]] = []
        if path is not None and path.exists():
            self._entries = json.loads(path.read_text(encoding="utf-8"))

    def get(self, of: Fields) -> Fields | None:
        return next((entry["is"] for entry in self._entries if entry["of"] == of), None)

    def put(self, of: Fields, result: Fields) -> None:
        self._entries.append({"of": of, "is": result})
        if self.path is not None:
            write_text(self.path, json.dumps(self._entries, indent=1) + "\n")
