"""How Sphinx renders docs/: `python -m sphinx -W -b html docs docs/_build/html`; needs no network.

The pages are Markdown that the forge shows, too. What differs between the two is bridged here: a link to a file of the
package becomes a link to its source page, and docstrings, which are plain text with `code` in it, are kept from being
read as reStructuredText.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import torchw2v  # noqa: E402  (after the path)

project = "torchw2v"
author = "The torchw2v developers"
release = torchw2v.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode", "sphinx.ext.mathjax"]
exclude_patterns = ["_build"]
templates_path: list[str] = []

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3

default_role = "code"  # in docstrings a single backtick means code
smartquotes = False  # "..." is a shape, not an ellipsis
autodoc_member_order = "bysource"
autodoc_typehints = "signature"

html_theme = "furo"
html_title = "torchw2v"
html_copy_source = False
html_show_sphinx = False


class SourceLinks(SphinxTransform):
    """Links to `../torchw2v/x.py` lead to the page that viewcode makes of it, instead of a download."""

    default_priority = 200

    def apply(self, **kwargs: Any) -> None:
        for link in list(self.document.findall(addnodes.download_reference)):
            _, path = self.env.relfn2path(link["reftarget"], self.env.docname)
            file = Path(path).resolve()
            if file.suffix == ".py" and file.is_relative_to(ROOT / "torchw2v"):
                page = file.relative_to(ROOT).with_suffix(".html").as_posix()
                up = "../" * self.env.docname.count("/")
                reference = nodes.reference("", "", *link.children, internal=True, refuri=f"{up}_modules/{page}")
                link.replace_self(reference)


def escape_markup(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Equations, which stand indented, stay as they are; elsewhere *, | and a trailing _ are no markup."""
    plain: list[str] = []
    equation = False
    for line in lines:
        if line.startswith("    ") and plain and not plain[-1] and not equation:
            above = next((text for text in reversed(plain) if text), "")
            if above and not above.startswith(" "):
                plain += ["::", ""]
                equation = True
        elif line and not line.startswith(" "):
            equation = False
        if not equation:
            parts = re.split(r"(`[^`]*`)", line)
            parts[::2] = [re.sub(r"[*|]|_(?!\w)", r"\\\g<0>", part) for part in parts[::2]]
            line = "".join(parts)
        plain.append(line)
    lines[:] = plain


def setup(app: Sphinx) -> None:
    app.add_transform(SourceLinks)
    app.connect("autodoc-process-docstring", escape_markup, priority=100)  # before napoleon at 500
