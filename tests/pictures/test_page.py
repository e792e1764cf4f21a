"""The page in a real browser: moving, zooming, searching, choosing, links, phones, and words that want to be code."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import torch

from torchw2v import WordVectors
from torchw2v.pictures import write_page

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
HOSTILE = (
    "</script><script>hacked=1</script>",
    "<img src=x onerror=hacked=1>",
    "<!--<script>",
    "' onload='hacked=1",
    '"},{"',
    "&lt;b&gt;",
    "a\u2028b",
    "{{script}}",
    "__proto__",
)
WORDS = (*(f"word{i:02}" for i in range(80)), *HOSTILE, "größe", "Größe", "词语", "100%", "x" * 200, "rare0", "rare1")
MATRIX = torch.randn(len(WORDS), 8, generator=torch.Generator().manual_seed(0))
MATRIX[:, 0] += 3 * (torch.arange(len(WORDS)) % 3 - 1)  # three groups
VECTORS = WordVectors(WORDS, MATRIX)
SHOWN, K = len(WORDS) - 2, 7


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "a page.html"
    write_page(VECTORS, path, n=SHOWN, k=K, method="pca", clusters=3, title=HOSTILE[1])
    return path.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if importlib.util.find_spec("playwright") is None:
        pytest.skip("the page is tested by the package playwright: pip install -r requirements-dev.txt")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = [shutil.which(name) for name in BROWSERS] + [playwright.chromium.executable_path]
        executable = next((path for path in found if path and Path(path).exists()), None)
        if executable is None:
            pytest.skip(
                "no Chromium or Chrome on this machine to test the page in: apt-get install chromium, "
                "or python -m playwright install chromium"
            )
        browser = playwright.chromium.launch(executable_path=executable)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    """The page, opened; in the end it has neither complained nor asked for anything."""
    context = browser.new_context(
        viewport={"width": 1000, "height": 700}, reduced_motion="reduce", color_scheme="light", has_touch=True
    )
    page = context.new_page()
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address)
    drawn(page)
    yield page
    assert complaints == []
    assert {url.partition("#")[0] for url in requests} <= {address, "about:blank"}
    assert page.evaluate("typeof hacked") == "undefined"
    context.close()


def drawn(page: Any) -> None:
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))")


def camera(page: Any) -> dict[str, float]:
    drawn(page)
    return dict(page.evaluate("({...camera})"))


def place(page: Any, word: str) -> tuple[float, float]:
    """Where a word is in the window."""
    drawn(page)
    x, y = page.evaluate("word => [screenX(numbers.get(word)), screenY(numbers.get(word))]", word)
    stage = page.locator("#map").bounding_box()
    return stage["x"] + x, stage["y"] + y


def chosen(page: Any) -> str | None:
    return page.evaluate("selected === null ? null : table.words[selected]")


def listed(page: Any) -> list[tuple[str, str]]:
    rows = page.locator("#panel li")
    words, cosines = rows.locator("bdi").all_text_contents(), rows.locator(".value").all_text_contents()
    return list(zip(words, cosines, strict=True))


def nearest(word: str) -> list[tuple[str, str]]:
    return [(neighbour.word, f"{neighbour.similarity:.3f}") for neighbour in VECTORS.most_similar(word, k=K)]


def search(page: Any, word: str) -> None:
    page.fill("#query", word)
    page.press("#query", "Enter")
    drawn(page)


def test_it_shows_every_word_as_a_point_and_labels_that_keep_apart(page):
    assert page.evaluate("table.words") == list(WORDS[:SHOWN])
    assert page.title() == HOSTILE[1]
    unpainted = page.evaluate(
        """() => {
            const image = context.getImageData(0, 0, canvas.width, canvas.height);
            return table.words.filter((_, i) => {
                const [x, y] = [screenX(i), screenY(i)].map(v => Math.floor(v * canvas.width / camera.width));
                return image.data[4 * (y * canvas.width + x) + 3] < 100;
            });
        }"""
    )
    assert unpainted == []
    for _ in range(3):
        boxes = page.evaluate("labelled")
        assert len(boxes) > 5
        for i, box in enumerate(boxes):
            for other in boxes[:i]:
                apart = box["left"] >= other["right"] or other["left"] >= box["right"]
                assert apart or box["top"] >= other["bottom"] or other["top"] >= box["bottom"]
        page.click("#zoom-in")
        drawn(page)


def test_labels_thin_out_from_afar_and_the_frequent_words_keep_theirs(page):
    few = page.evaluate("labelled.map(box => box.word)")
    assert 0 in few
    page.evaluate("look(centred(0, camera.whole * 20))")
    drawn(page)
    in_view, shown = page.evaluate(
        """[table.words.filter((_, i) => screenX(i) > 0 && screenX(i) < camera.width - 60 && screenY(i) > 8
            && screenY(i) < camera.height - 8).length, labelled.length]"""
    )
    assert len(few) / SHOWN < 0.9
    assert shown >= in_view > 0


def test_a_search_centres_the_word_and_shows_its_nearest(page):
    for word in ("word07", "词语", *HOSTILE):
        search(page, word)
        assert chosen(page) == word
        assert listed(page) == nearest(word)
        assert page.locator("#panel h2").text_content() == word
        view, (x, y) = camera(page), page.evaluate("[screenX(selected), screenY(selected)]")
        assert (x, y) == (pytest.approx(view["width"] / 2), pytest.approx(view["height"] / 2))
    # of words that look like markup came nothing but the page's own two scripts
    assert page.evaluate("document.querySelectorAll('script, img, b, iframe').length") == 2


def test_suggestions_are_chosen_by_keys_and_say_where_there_is_none(page):
    page.fill("#query", "WORD1")
    options = page.locator("#suggestions [role=option]")
    assert options.all_text_contents() == [f"word1{i}" for i in range(8)]
    page.press("#query", "ArrowDown")
    active = page.locator("#query").get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").text_content() == "word11"
    page.press("#query", "Enter")
    assert chosen(page) == "word11"
    assert not page.locator("#suggestions").is_visible()
    page.fill("#query", "Größe")
    assert options.all_text_contents() == ["Größe", "größe"]
    page.fill("#query", "rare0")
    assert options.all_text_contents() == ["Not on this map"]
    page.press("#query", "Enter")
    assert chosen(page) == "word11"


def test_the_wheel_zooms_around_the_cursor(page):
    stage = page.locator("#map").bounding_box()
    x, y = 200, 150
    page.mouse.move(stage["x"] + x, stage["y"] + y)
    before = camera(page)
    page.mouse.wheel(0, -300)
    page.wait_for_function("scale => camera.scale > scale", arg=before["scale"])
    after = camera(page)
    assert after["scale"] > 1.5 * before["scale"]
    for axis, under in (("x", x), ("y", y)):
        there = [(under - view[axis]) / view["scale"] for view in (before, after)]
        assert there[1] == pytest.approx(there[0])
    page.mouse.wheel(0, 300)
    page.wait_for_function("scale => camera.scale < 1.01 * scale", arg=before["scale"])


def test_dragging_moves_the_map_and_chooses_nothing(page):
    before = camera(page)
    page.mouse.move(300, 300)
    page.mouse.down()
    page.mouse.move(350, 280, steps=5)
    page.mouse.up()
    after = camera(page)
    # the first few pixels may be a trembling hand
    assert after["x"] - before["x"] == pytest.approx(50, abs=11)
    assert after["y"] - before["y"] == pytest.approx(-20, abs=5)
    assert (after["scale"], chosen(page)) == (before["scale"], None)


def test_two_fingers_zoom(page):
    fingers = page.context.new_cdp_session(page)

    def touch(kind: str, *places: tuple[int, int]) -> None:
        points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(places)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    before = camera(page)
    touch("touchStart", (300, 300))
    touch("touchStart", (300, 300), (400, 300))
    for i in range(1, 11):
        touch("touchMove", (300 - 5 * i, 300), (400 + 5 * i, 300))
    touch("touchEnd")
    after = camera(page)
    assert after["scale"] / before["scale"] == pytest.approx(2, rel=0.1)
    middle = [(350 - view["x"]) / view["scale"] for view in (before, after)]
    assert middle[1] == pytest.approx(middle[0], rel=0.1)
    assert chosen(page) is None


def test_a_click_chooses_and_a_click_beside_lets_go(page):
    page.evaluate("look(centred(numbers.get('word05'), camera.whole * 40))")
    page.mouse.click(*place(page, "word05"))
    assert chosen(page) == "word05"
    assert listed(page) == nearest("word05")
    neighbour = next(word for word, _ in nearest("word05") if word in WORDS[:SHOWN])
    page.locator("#panel button", has_text=neighbour).first.click()
    assert chosen(page) == neighbour
    page.go_back()
    page.wait_for_function("table.words[selected] === 'word05'")
    page.evaluate("look({x: -1e6, y: -1e6})")
    drawn(page)
    page.mouse.click(300, 300)
    assert chosen(page) is None
    assert "#" not in page.url


def test_pointing_at_a_word_shows_its_nearest(page):
    page.evaluate("look(centred(numbers.get('word05'), camera.whole * 40))")
    page.mouse.move(*place(page, "word05"))
    tip = page.locator("#tip")
    tip.wait_for()
    assert tip.locator("strong").text_content() == "word05"
    assert tip.locator("div").all_text_contents() == [f"{word} {cosine}" for word, cosine in nearest("word05")[:5]]
    assert chosen(page) is None


def test_an_address_leads_to_a_word(page, address):
    for word in ("word09", "100%", HOSTILE[1], "größe"):
        page.goto("about:blank")
        page.goto(f"{address}#word={quote(word)}")
        assert chosen(page) == word
    page.evaluate("location.hash = '#word=%E0%A4%A'")  # half a character
    page.wait_for_function("selected === null")
    page.evaluate("location.hash = '#word=rare1'")
    page.wait_for_function("document.getElementById('panel').textContent.includes('rare1')")


def test_keys_alone_will_do(page):
    before = camera(page)
    page.focus("#map")
    page.keyboard.press("+")
    page.keyboard.press("ArrowLeft")
    after = camera(page)
    assert after["scale"] == pytest.approx(1.3 * before["scale"])
    page.keyboard.press("0")
    assert camera(page) == before
    page.keyboard.press("/")
    page.keyboard.type("word42")
    page.keyboard.press("Enter")
    assert chosen(page) == "word42"
    page.focus("#map")
    page.keyboard.press("Escape")
    assert chosen(page) is None


def test_groups_stand_out_and_the_dark_is_dark(page):
    assert page.locator("#legend button").count() == 3
    counts = [int(text) for text in page.locator("#legend .count").all_text_contents()]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == SHOWN
    page.locator("#legend button").first.click()
    assert page.locator("#legend button").first.get_attribute("aria-pressed") == "true"
    drawn(page)
    assert set(page.evaluate("labelled.map(box => table.cluster[box.word])")) == {0}
    paper = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    page.click("#theme")
    assert page.evaluate(paper) == "rgb(20, 23, 27)"


def test_the_way_to_a_word_ends_there_though_the_panel_takes_room_meanwhile(browser, address):
    context = browser.new_context(viewport={"width": 360, "height": 640}, reduced_motion="no-preference")
    page = context.new_page()
    page.goto(f"{address}#word=word07")
    there = """() => selected !== null && travel === null && camera.scale > 5 * camera.whole
        && Math.abs(screenX(selected) - camera.width / 2) < 1 && Math.abs(screenY(selected) - camera.height / 2) < 1"""
    page.wait_for_function(there)
    page.click("#zoom-all")
    page.wait_for_function("() => travel === null && camera.scale === camera.whole")
    search(page, "word30")
    page.wait_for_function(there)
    context.close()


def test_it_fits_a_phone(page):
    search(page, "word07")
    page.set_viewport_size({"width": 360, "height": 640})
    page.wait_for_function("camera.width === 360")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    view = camera(page)
    assert view["height"] > 250
    # what was in the middle still is, and the nearest are in sight
    x, y = page.evaluate("[screenX(selected), screenY(selected)]")
    assert (x, y) == (pytest.approx(view["width"] / 2), pytest.approx(view["height"] / 2))
    row = page.locator("#panel li").first.bounding_box()
    assert row["y"] + row["height"] < 640
    for name in ("#query", "#zoom-in", "#zoom-out", "#zoom-all", "#theme"):
        box = page.locator(name).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        assert box["height"] >= 32
