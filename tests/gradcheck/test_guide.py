"""The examples of docs/gradient_checking.md run, and print what the page says."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "gradient_checking.md"
EXAMPLE = re.compile(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", flags=re.DOTALL | re.MULTILINE)
ROUNDING = re.compile(r"\d\.\de-1\d( at)?|\[\d(, \d)?\]$", flags=re.MULTILINE)  # what differs between machines


def test_examples_print_what_the_page_says(tmp_path, monkeypatch):
    pytest.importorskip("matplotlib", reason="the picture needs matplotlib, which is not installed")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    examples = EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))
    assert len(examples) > 5
    for code, output in examples:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, PAGE.name, "exec"), names)
        assert ROUNDING.sub("", printed.getvalue()) == ROUNDING.sub("", output), code
    assert (tmp_path / "gradients.png").stat().st_size > 0
