// Legend, theme, and the first picture.

const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");

function drawLegend() {
  document.querySelectorAll("#legend canvas").forEach((swatch, group) => {
    const pen = swatch.getContext("2d");
    pen.clearRect(0, 0, 28, 28);
    pen.fillStyle = colourOf(group);
    pen.beginPath();
    shape(pen, formOf(group), 14, 14, 9);
    pen.fill();
  });
}

function setTheme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  readColours();
  drawLegend();
  redraw();
}

function toggleGroup(group) {
  chosenGroup = chosenGroup === group ? null : group;
  document.querySelectorAll("#legend button").forEach((button, i) => {
    button.setAttribute("aria-pressed", String(i === chosenGroup));
  });
  redraw();
}

function buildLegend() {
  const list = document.querySelector("#legend ul");
  table.groups.forEach(({ name, count }, group) => {
    const button = element("button", "", { type: "button", "aria-pressed": "false" });
    const swatch = element("canvas", "", { width: "28", height: "28", "aria-hidden": "true" });
    button.append(swatch, element("bdi", name), element("span", count.toLocaleString("en"), { class: "count" }));
    button.addEventListener("click", () => toggleGroup(group));
    const row = element("li", "");
    row.append(button);
    list.append(row);
  });
  document.getElementById("legend").hidden = table.groups.length < 2;
}

canvas.setAttribute("aria-label", `Map of ${size.toLocaleString("en")} words`);
document.getElementById("about").textContent = table.about;
document.getElementById("zoom-in").addEventListener("click", () => zoomMiddle(1.5));
document.getElementById("zoom-out").addEventListener("click", () => zoomMiddle(1 / 1.5));
document.getElementById("zoom-all").addEventListener("click", () => travelTo(wholeView));
document.getElementById("theme").addEventListener("click", () => {
  setTheme(document.documentElement.dataset.theme !== "dark");
});
prefersDark.addEventListener("change", (event) => setTheme(event.matches));
window.addEventListener("hashchange", followLink);
window.addEventListener("popstate", followLink);

buildLegend();
setTheme(prefersDark.matches);
fitToStage();
new ResizeObserver(fitToStage).observe(canvas.parentElement);
followLink();
