from __future__ import annotations

import importlib
import json
import sys
import sysconfig
from pathlib import Path

import pytest

from torchw2v import InputError
from torchw2v.data.datasets import pydocs
from torchw2v.data.datasets.docstrings import docstrings
from torchw2v.data.datasets.prose import sentences

module = importlib.import_module("torchw2v.data.datasets.pydocs")

LAYERS = '''
"""Layers of the made-up package."""
open("ran", "w").write("importing this module would leave a file behind")

class Linear:
    """Applies a :class:`~madeup.layers.Affine` map to the incoming data: :math:`y = x W^T + b`.

    Parameters
    ----------
    in_features : int
        Size of each input sample, which must
        be positive.
    bias : bool, optional
        If ``False``, the layer will not learn an additive bias.

    Examples
    --------
    >>> layer = Linear(20, 30)
    >>> print(layer.extent)
    the extent of the printed output

    Notes
    -----
    The map is described in [1]_. It is used everywhere, e.g. in networks::

        hidden = the_first_layer of the network

    .. note:: Nothing is computed until it is called.

    .. code-block:: python

        out = a block of code for nobody

    References
    ----------
    .. [1] A. Author, "A title of the article", 1999.
    """

    def forward(self):
        """Applies the layer to its input."""

    reset = 3
    """Counts how often the layer was reset."""

add_docstr(Linear.t, r"""
t(input) -> Tensor

Transposes the two dimensions of a matrix.

Args:
    input (Tensor): the matrix to be transposed
    out (Tensor, optional): the output tensor, where
        the result will be written
""")

note = "A string assigned to an ordinary name is not documentation."
docdict = {"size": "Number of points in the output window."}
'''

EXPECTED = """\
Layers of the made-up package.
Applies a madeup.layers.Affine map to the incoming data.
Size of each input sample, which must be positive.
If False, the layer will not learn an additive bias.
The map is described in.
It is used everywhere, e.g. in networks
Nothing is computed until it is called.
Applies the layer to its input.
Counts how often the layer was reset.
Transposes the two dimensions of a matrix.
input: the matrix to be transposed
out: the output tensor, where the result will be written
Number of points in the output window.
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the import path with a made-up package, version 1.0."""
    site = tmp_path / "site"
    package = site / "madeup"
    (package / "tests").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "layers.py").write_text(LAYERS)
    (package / "tests" / "test_layers.py").write_text('"""Tests of the package are not documentation."""')
    set_version(site, "1.0")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.chdir(tmp_path)
    return site


def set_version(site: Path, version: str) -> None:
    info = site / "madeup.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: madeup\nVersion: {version}\n")


def build(root: Path, *packages: str, workers: int = 1) -> Path:
    return pydocs(root, packages=packages or ("madeup",), workers=workers, progress=False)


def report(path: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return found


def test_text_and_counts(site: Path, tmp_path: Path) -> None:
    path = build(tmp_path / "cache")
    assert path.read_text(encoding="utf-8") == EXPECTED
    assert report(path) == {
        "python": sys.version.split()[0],
        "packages": {"madeup": "1.0"},
        "not_installed": [],
        "rules_version": 1,
        "files": 2,
        "skipped_files": 0,
        "docstrings": 7,
        "duplicate_docstrings": 0,
        "sentences": 13,
        "duplicate_sentences": 0,
        "words": 98,
    }


def test_nothing_is_imported_or_run(site: Path, tmp_path: Path) -> None:
    build(tmp_path / "cache")
    assert not any("madeup" in name for name in sys.modules)
    assert not (tmp_path / "ran").exists()


def test_files_that_cannot_be_read_are_counted_and_left_out(site: Path, tmp_path: Path) -> None:
    package = site / "madeup"
    (package / "broken.py").write_text('"""A file with a mistake in it."""\ndef f(:\n')
    (package / "latin1.py").write_bytes('"""A fa\u00e7ade that says nothing of its encoding."""'.encode("latin-1"))
    (package / "named.py").write_bytes('# coding: latin-1\n"""A fa\u00e7ade that names it."""'.encode("latin-1"))
    (package / "zero.py").write_bytes(b'"""A file with a null byte in it."""\0')
    (package / "half.py").write_text('"""Half a pair \\ud800 of surrogates is not lost."""')
    (package / "escape.py").write_text('"""An invalid escape \\d is no reason for a warning."""')
    path = build(tmp_path / "cache")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert report(path)["skipped_files"] == 3
    assert "A fa\u00e7ade that names it." in lines
    assert "Half a pair ? of surrogates is not lost." in lines
    assert not any("mistake" in line or "null byte" in line or "says nothing" in line for line in lines)


def test_the_text_does_not_depend_on_the_number_of_workers(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FILES_A_CHUNK", 3)
    for i in range(10):
        (site / "madeup" / f"part{i}.py").write_text(f'"""This is part {i} of the package."""')
    one = build(tmp_path / "one", workers=1)
    two = build(tmp_path / "two", workers=2)
    assert one.name == two.name
    assert one.read_bytes() == two.read_bytes()
    assert one.with_suffix(".json").read_bytes() == two.with_suffix(".json").read_bytes()
    assert [line for line in one.read_text().splitlines() if "part" in line] == [
        f"This is part {i} of the package." for i in range(10)
    ]


def test_the_second_call_reads_no_sources(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = build(tmp_path / "cache")
    monkeypatch.setattr(module, "_sources", None)
    assert build(tmp_path / "cache") == path


def test_another_version_is_another_file(site: Path, tmp_path: Path) -> None:
    old = build(tmp_path / "cache")
    set_version(site, "2.0")
    new = build(tmp_path / "cache")
    assert new != old
    assert new.parent == old.parent
    assert report(new)["packages"] == {"madeup": "2.0"}


def test_a_package_without_a_version_is_read_again_when_it_changes(site: Path, tmp_path: Path) -> None:
    module = site / "alone.py"
    module.write_text('"""This is a module without a version."""')
    old = build(tmp_path / "cache", "alone")
    assert old.read_text() == "This is a module without a version.\n"
    module.write_text('"""This module has been changed since."""')
    assert build(tmp_path / "cache", "alone").read_text() == "This module has been changed since.\n"


def test_each_sentence_is_kept_once(site: Path, tmp_path: Path) -> None:
    doc = "Returns the sum of all elements. {}"
    (site / "twice.py").write_text(
        f"def f():\n    '''{doc.format('The first one.')}'''\n"
        f"def g():\n    '''{doc.format('The second one.')}'''\n"
        f"def h():\n    '''{doc.format('The second one.')}'''\n"
        f"def i():\n    '''returns the *sum* of all elements'''\n"
    )
    path = build(tmp_path / "cache", "twice")
    assert path.read_text() == "Returns the sum of all elements.\nThe first one.\nThe second one.\n"
    counts = report(path)
    assert counts["docstrings"] == 4
    assert counts["duplicate_docstrings"] == 1
    assert counts["duplicate_sentences"] == 2


def test_a_missing_package_is_noted(site: Path, tmp_path: Path) -> None:
    path = build(tmp_path / "cache", "madeup", "no_such_package")
    assert path.read_text(encoding="utf-8") == EXPECTED
    assert report(path)["not_installed"] == ["no_such_package"]


def test_nothing_to_read_is_an_error_and_leaves_no_file(site: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no documentation strings found.*no_such_package"):
        build(tmp_path / "cache", "no_such_package")
    assert list((tmp_path / "cache").iterdir()) == []


def test_submodules_are_refused_because_finding_them_imports(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"top-level import names.*'torch\.nn'"):
        build(tmp_path, "torch.nn")


def test_standard_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stdlib = tmp_path / "lib"
    (stdlib / "site-packages").mkdir(parents=True)
    (stdlib / "textwrap.py").write_text('"""Text wrapping and filling."""')
    (stdlib / "site-packages" / "other.py").write_text('"""What others have installed here."""')
    monkeypatch.setattr(sysconfig, "get_paths", lambda: {"stdlib": str(stdlib)})
    assert build(tmp_path / "cache", "stdlib").read_text() == "Text wrapping and filling.\n"


@pytest.mark.parametrize(
    "source",
    [
        'add_newdoc("numpy", "abs", ("sum", """doc"""))',
        'entr = _add_docstr(_special.entr, r"""doc""".format(**common))',
        'f.__doc__ += """doc"""',
        '_doc_pdf: str = """doc"""',
        'topics = {"assert": """doc"""}',
        'if True:\n    try:\n        pass\n    except ValueError:\n        "doc"',
        'match x:\n    case 1:\n        "doc"',
    ],
)
def test_where_documentation_stands(source: str) -> None:
    assert "doc" in docstrings(source.encode())


@pytest.mark.parametrize("source", ['print("doc")', 'x = "doc"', 'f(doc="doc")', '__docformat__ = "doc"'])
def test_where_it_does_not(source: str) -> None:
    assert docstrings(source.encode()) == []


@pytest.mark.parametrize(
    ("doc", "expected"),
    [
        ("One sentence here. Another one there.", ["One sentence here.", "Another one there."]),
        ("See e.g. Adam or i.e. SGD by D. Kingma et al. It works.",
         ["See e.g. Adam or i.e. SGD by D. Kingma et al. It works."]),
        ("A line that is\nwrapped in two.", ["A line that is wrapped in two."]),
        ("- The first item\n  goes on here\n- The second item here",
         ["The first item goes on here", "The second item here"]),
        ("1. Compute the loss first\n(b) Take the gradient", ["Compute the loss first", "Take the gradient"]),
        ("Use :func:`torch.add` or :meth:`the method <f>` here.", ["Use torch.add or the method here."]),
        ("The size :math:`\\mathbf{n}` of the set, with $x_1 + 2$ removed.",
         ["The size n of the set, with removed."]),
        ("It is **very** *important* that `x` and ``y`` and *args agree.",
         ["It is very important that x and y and args agree."]),
        ("Read `the manual <https://example.org>`_ at https://example.org/x first.",
         ["Read the manual at first."]),
        (":param int axis: the axis to sum over\n:type axis: int\n:returns: the sum of it",
         ["axis: the axis to sum over", "the sum of it"]),
        ("name : int\n    What it is called.\nsum : Number of all elements",
         ["What it is called.", "sum: Number of all elements"]),
        ("Some text is here.\n\n```python\nthis is code in a fence\n```\nThen the text goes on.",
         ["Some text is here.", "Then the text goes on."]),
        (".. versionadded:: 1.2.0\n   The new argument was added.", ["The new argument was added."]),
        ("=====  ===================\nname   the meaning of a name\n=====  ===================",
         ["the meaning of a name"]),
        ("x = foo(bar)[0] + 1", []),
        ("sin, cos, tan, sinh, cosh", []),
        ("", []),
    ],
)  # fmt: skip
def test_prose(doc: str, expected: list[str]) -> None:
    assert list(sentences(doc)) == expected
