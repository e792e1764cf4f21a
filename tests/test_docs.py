"""The pages under docs/: every operation is derived, every link leads somewhere, every example says what it prints."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(page for page in DOCS.rglob("*.md") if "_build" not in page.parts)
DERIVATIONS = sorted((DOCS / "derivations").glob("*.md"))
OPERATIONS = sorted(
    path
    for path in (ROOT / "torchw2v" / "ops").glob("*.py")
    if path.stem not in ("__init__", "arguments", "function", "reduction")
)
# A block of Python and, if it prints, the block of text that says what.
EXAMPLE = re.compile(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", flags=re.DOTALL | re.MULTILINE)
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", flags=re.DOTALL | re.MULTILINE)
MATH = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", flags=re.DOTALL)


def page_name(page: Path) -> str:
    return page.relative_to(DOCS).with_suffix("").as_posix()


def links(page: Path) -> list[str]:
    prose = MATH.sub("", CODE.sub("", page.read_text(encoding="utf-8")))
    return re.findall(r"\]\((?!https?:|#)([^)#]+)[^)]*\)", prose)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda path: path.stem)
def test_operation_is_derived_on_a_page_that_links_to_it(operation):
    page = DOCS / "derivations" / f"{operation.stem}.md"
    assert page.exists(), f"{operation.name} has no page {page.relative_to(ROOT)}"
    assert f"../../torchw2v/ops/{operation.name}" in links(page)
    text = page.read_text(encoding="utf-8")
    for part in ("\n## Derivation\n", "\n## Check it\n", "\n## Source\n", "check_gradients("):
        assert part in text, f"{page.name} has no {part.strip()!r}"


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_links_lead_somewhere(page):
    for target in links(page):
        assert (page.parent / target).resolve().exists(), f"{page.name}: {target}"


@pytest.mark.parametrize(
    "page",
    [
        *(page for page in DERIVATIONS if page.stem != "index"),
        *(
            DOCS / f"{name}.md"
            for name in (
                "networks",
                "sentiment",
                "fused_engine",
                "phrases",
                "cs224n",
                "quick_start",
                "formats",
                "from_gensim",
            )
        ),
    ],
    ids=page_name,
)
def test_examples_print_what_the_page_says(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = page.read_text(encoding="utf-8")
    examples = EXAMPLE.findall(text)
    assert len(examples) == text.count("```python\n") > 0
    assert text.count("```\n\n```text\n") == sum(bool(output) for _, output in examples)
    names: dict[str, Any] = {}
    for code, output in examples:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, page.name, "exec"), names)
        assert printed.getvalue() == output, f"{page.name}:\n{code}"


@pytest.mark.parametrize("page", DERIVATIONS, ids=page_name)
def test_equations_survive_markdown(page):
    """What one renderer or another takes for emphasis, an escape, a table or a tag before it sees an equation."""
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    for block, inline in MATH.findall(text):
        equation = block or inline
        for pattern, why in (
            (r"[^A-Za-z0-9]_", "an underscore behind no letter or digit may begin emphasis"),
            (r"\\[^A-Za-z]", "a backslash before no letter is an escape"),
            (r"[*|<~#]", "has a meaning in Markdown or HTML"),
        ):
            found = re.search(pattern, equation)
            assert not found, f"{page.name}: {found[0]!r} in {equation.strip()!r}: {why}"
        if inline:
            assert inline == inline.strip(), f"{page.name}: space inside of ${inline}$"
        else:
            assert block.startswith("\n")
            assert block.endswith("\n")
    assert "$" not in MATH.sub("", text), f"{page.name}: a dollar sign is left over"


def test_figures_are_those_that_the_script_draws_and_the_pages_show(tmp_path):
    pytest.importorskip("matplotlib", reason="needs matplotlib, of the extra docs")
    command = [sys.executable, "-W", "error", str(DOCS / "figures" / "make_figures.py"), str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    drawn = {path.name for path in tmp_path.iterdir()}
    shown = {Path(target).name for page in PAGES for target in links(page) if target.endswith(".svg")}
    assert drawn == shown == {path.name for path in (DOCS / "figures").glob("*.svg")}


def test_sphinx_builds_without_a_warning(tmp_path):
    for package in ("sphinx", "myst_parser", "furo"):
        pytest.importorskip(package, reason=f"needs {package}, of the extra docs")
    html = tmp_path / "html"
    command = [sys.executable, "-m", "sphinx", "-W", "-q", "-b", "html", "-d", str(tmp_path / "doctrees")]
    result = subprocess.run([*command, str(DOCS), str(html)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    for page in PAGES:
        rendered = html / f"{page_name(page)}.html"
        sources = re.findall(r'href="([^"#]*_modules/torchw2v/[^"#]*)', rendered.read_text(encoding="utf-8"))
        assert len(sources) >= sum(target.endswith(".py") and "/torchw2v/" in target for target in links(page))
        for source in sources:
            assert (rendered.parent / source).exists(), f"{page.name}: no source page {source}"
