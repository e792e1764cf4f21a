// The word that is chosen, the one that is pointed at, and what is said about them.

const panel = document.getElementById("panel");
const tip = document.getElementById("tip");
const hint = panel.firstElementChild;
const TIP_ROWS = 5;
const SELECTED_ZOOM = 6;
let selected = null;
let pointedAt = null;
let chosenGroup = null;

// Words come from anywhere: they are text here and never markup.
function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  return made;
}

function neighbourRow({ number, word, cosine }) {
  const row = element("li", "");
  const name = element("bdi", number === null ? word : "");
  if (number === null) {
    name.className = "unplaced";
    name.title = "not on this map";
  } else {
    const button = element("button", word, { type: "button", class: "word" });
    button.addEventListener("click", () => select(number, { centre: true }));
    name.append(button);
  }
  row.append(name, element("span", cosine.toFixed(3), { class: "value" }));
  return row;
}

function showPanel() {
  if (selected === null) {
    panel.replaceChildren(hint);
    return;
  }
  const list = element("ol", "");
  list.append(...neighboursOf(selected).map(neighbourRow));
  const title = element("h2", "");
  title.append(element("bdi", table.words[selected]));
  panel.replaceChildren(title, element("p", "Nearest words, by cosine", { class: "hint" }), list);
  panel.parentElement.scrollTop = 0;
}

function markAround() {
  marked = new Map();
  const centre = pointedAt ?? selected;
  if (selected !== null) {
    marked.set(selected, 2);
  }
  if (centre !== null) {
    marked.set(centre, 2);
    for (const { number } of neighboursOf(centre)) {
      if (number !== null && !marked.has(number)) {
        marked.set(number, 1);
      }
    }
  }
  redraw();
}

function select(i, { centre = false, link = true } = {}) {
  selected = i;
  markAround();
  showPanel();
  if (centre && i !== null) {
    // by then the panel may have taken some of the stage
    requestAnimationFrame(() => travelTo(() => centred(i, Math.max(camera.scale, camera.whole * SELECTED_ZOOM))));
  }
  if (link) {
    const target = i === null ? "" : `#word=${encodeURIComponent(table.words[i])}`;
    if (target !== location.hash && (target || location.hash)) {
      try {
        history.pushState(null, "", target || location.href.split("#")[0]);
      } catch {
        location.hash = target; // where a page may not write its history
      }
    }
  }
}

function pointAt(i) {
  if (i === pointedAt) {
    return;
  }
  pointedAt = i;
  canvas.classList.toggle("pointing", i !== null);
  markAround();
  tip.hidden = i === null;
  if (i === null) {
    return;
  }
  const rows = neighboursOf(i).slice(0, TIP_ROWS).map(({ word, cosine }) => {
    const row = element("div", "");
    row.append(element("bdi", word), ` ${cosine.toFixed(3)}`);
    return row;
  });
  const title = element("strong", "");
  title.append(element("bdi", table.words[i]));
  tip.replaceChildren(title, ...rows);
  const x = screenX(i);
  const left = x + 18 + tip.offsetWidth < camera.width ? x + 18 : x - 18 - tip.offsetWidth;
  const top = Math.min(screenY(i) + 14, camera.height - tip.offsetHeight - 4);
  tip.style.transform = `translate(${Math.max(left, 2)}px, ${Math.max(top, 2)}px)`;
}

// The word whose point or label is at a place of the screen.
function wordAt(x, y, reach) {
  let best = null;
  let nearest = reach * reach;
  for (let i = 0; i < size; i++) {
    const distance = (screenX(i) - x) ** 2 + (screenY(i) - y) ** 2;
    if (distance < nearest) {
      nearest = distance;
      best = i;
    }
  }
  if (best !== null) {
    return best;
  }
  const label = labelled.find((box) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom);
  return label ? label.word : null;
}

function followLink() {
  const link = /^#word=(.*)$/s.exec(location.hash);
  let word = null;
  try {
    word = link && decodeURIComponent(link[1]);
  } catch {
    word = null; // a link that somebody broke
  }
  if (word !== null && numbers.has(word)) {
    select(numbers.get(word), { centre: true, link: false });
  } else {
    select(null, { link: false });
    if (word !== null) {
      panel.replaceChildren(element("p", `“${word}” is not on this map.`, { class: "hint" }));
    }
  }
}
