// A field that finds words: those that begin with what is typed, then those that hold it, frequent ones first.

const query = document.getElementById("query");
const suggestions = document.getElementById("suggestions");
const folded = table.words.map((word) => word.normalize("NFC").toLowerCase());
const MOST = 8;
let found = [];
let active = -1;

function find(text) {
  const part = text.trim().normalize("NFC").toLowerCase();
  if (!part) {
    return [];
  }
  const exact = [];
  const beginning = [];
  const inside = [];
  folded.forEach((word, i) => {
    if (table.words[i] === text.trim()) {
      exact.unshift(i);
    } else if (word === part) {
      exact.push(i);
    } else if (word.startsWith(part)) {
      beginning.push(i);
    } else if (word.includes(part)) {
      inside.push(i);
    }
  });
  return [...exact, ...beginning, ...inside].slice(0, MOST);
}

function activate(at) {
  active = at;
  [...suggestions.children].forEach((row, i) => row.setAttribute("aria-selected", String(i === at)));
  if (at >= 0) {
    query.setAttribute("aria-activedescendant", `found-${at}`);
  } else {
    query.removeAttribute("aria-activedescendant");
  }
}

function closeSuggestions() {
  suggestions.hidden = true;
  query.setAttribute("aria-expanded", "false");
  query.removeAttribute("aria-activedescendant");
}

function suggest() {
  found = find(query.value);
  const rows = found.map((i, at) => {
    const row = element("li", "", { role: "option", id: `found-${at}`, "aria-selected": "false" });
    row.append(element("bdi", table.words[i]));
    row.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    row.addEventListener("click", () => choose(i));
    return row;
  });
  if (!rows.length && query.value.trim()) {
    rows.push(element("li", "Not on this map", { class: "hint", role: "option", "aria-disabled": "true" }));
  }
  suggestions.replaceChildren(...rows);
  suggestions.hidden = rows.length === 0;
  query.setAttribute("aria-expanded", String(rows.length > 0));
  activate(found.length ? 0 : -1);
}

function choose(i) {
  query.value = table.words[i];
  closeSuggestions();
  select(i, { centre: true });
}

query.addEventListener("input", suggest);
query.addEventListener("focus", () => query.select());
query.addEventListener("blur", closeSuggestions);
query.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    closeSuggestions();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && found.length) {
    event.preventDefault();
    if (suggestions.hidden) {
      suggest();
    } else {
      activate((active + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length);
    }
  }
});

document.getElementById("search").addEventListener("submit", (event) => {
  event.preventDefault();
  if (suggestions.hidden) {
    suggest();
  }
  if (found.length) {
    choose(found[Math.max(active, 0)]);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.target.closest("input")) {
    event.preventDefault();
    query.focus();
  }
});
