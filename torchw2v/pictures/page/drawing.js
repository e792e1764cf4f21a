// Points, lines to neighbours, and as many labels as have room.

const context = canvas.getContext("2d");
const LABEL = "12px system-ui, sans-serif";
const CHOSEN_LABEL = "bold 14px system-ui, sans-serif";
const CELL = 48;
const widths = new Float32Array(size);
const colours = {};
let marked = new Map(); // word that is chosen or pointed at, and its neighbours -> 2 or 1
let waiting = false;
let labelled = []; // what has a label now: {word, left, top, right, bottom}

function readColours() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["paper", "ink", "soft", "accent", "halo"]) {
    colours[name] = style.getPropertyValue(`--${name}`).trim();
  }
  colours.groups = document.documentElement.dataset.theme === "dark" ? table.onBlack : table.onWhite;
}

function redraw() {
  if (!waiting) {
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  }
}

function screenX(i) {
  return camera.scale * table.x[i] + camera.x;
}

function screenY(i) {
  return camera.scale * table.y[i] + camera.y;
}

function radiusNow() {
  const apart = Math.sqrt((camera.width * camera.height) / size);
  return Math.min(5, Math.min(2.6, 0.2 * apart) * (camera.scale / camera.whole) ** 0.25);
}

function shape(pen, form, x, y, r) {
  if (form === 0) {
    pen.moveTo(x + r, y);
    pen.arc(x, y, r, 0, 2 * Math.PI);
  } else if (form === 1) {
    pen.rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r);
  } else {
    const turn = form === 2 ? [[0, -1.2], [1.1, 0.8], [-1.1, 0.8]] : [[0, -1.3], [1.1, 0], [0, 1.3], [-1.1, 0]];
    turn.forEach(([dx, dy], i) => (i ? pen.lineTo(x + dx * r, y + dy * r) : pen.moveTo(x + dx * r, y + dy * r)));
    pen.closePath();
  }
}

function colourOf(group) {
  return colours.groups[group % colours.groups.length];
}

function formOf(group) {
  return Math.floor(group / colours.groups.length) % 4;
}

function isDim(i) {
  return chosenGroup !== null && table.cluster[i] !== chosenGroup;
}

function draw() {
  const ratio = canvas.width / camera.width;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, camera.width, camera.height);
  const shown = [];
  for (let i = 0; i < size; i++) {
    const x = screenX(i);
    const y = screenY(i);
    if (x > -10 && y > -10 && x < camera.width + 10 && y < camera.height + 10) {
      shown.push(i);
    }
  }
  drawLines();
  drawPoints(shown);
  drawLabels(shown);
}

function drawLines() {
  const centre = pointedAt ?? selected;
  if (centre === null) {
    return;
  }
  context.strokeStyle = colours.soft;
  context.lineWidth = 1;
  context.globalAlpha = 0.7;
  context.beginPath();
  for (const { number } of neighboursOf(centre)) {
    if (number !== null) {
      context.moveTo(screenX(centre), screenY(centre));
      context.lineTo(screenX(number), screenY(number));
    }
  }
  context.stroke();
  context.globalAlpha = 1;
}

function drawPoints(shown) {
  const r = radiusNow();
  const groups = new Map();
  for (const i of shown) {
    const key = table.cluster[i] + (isDim(i) ? 1000 : 0);
    if (!groups.has(key)) {
      groups.set(key, []);
    }
    groups.get(key).push(i);
  }
  for (const [key, members] of groups) {
    context.globalAlpha = key >= 1000 ? 0.15 : 0.9;
    context.fillStyle = colourOf(key % 1000);
    context.beginPath();
    for (const i of members) {
      shape(context, formOf(key % 1000), screenX(i), screenY(i), r);
    }
    context.fill();
  }
  context.globalAlpha = 1;
  context.strokeStyle = colours.ink;
  context.lineWidth = 1.5;
  for (const [i, weight] of marked) {
    context.beginPath();
    context.arc(screenX(i), screenY(i), r + (weight > 1 ? 4 : 2), 0, 2 * Math.PI);
    context.stroke();
  }
}

// The word that is looked at comes first, then its neighbours, then the others by frequency; who has no room waits
// for a closer look.
function drawLabels(shown) {
  const taken = new Map();
  const r = radiusNow();
  const order = [...marked.keys(), ...shown.filter((i) => !marked.has(i) && !isDim(i))];
  labelled = [];
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (const i of order) {
    const strong = marked.get(i) === 2;
    context.font = strong ? CHOSEN_LABEL : LABEL;
    const width = strong ? context.measureText(table.words[i]).width : (widths[i] ||= context.measureText(table.words[i]).width);
    const height = strong ? 18 : 15;
    const left = screenX(i) + r + 3;
    const box = { word: i, left, top: screenY(i) - height / 2, right: left + width, bottom: screenY(i) + height / 2 };
    if (!hasRoom(box, taken)) {
      continue;
    }
    labelled.push(box);
    context.strokeStyle = colours.halo;
    context.lineWidth = 3;
    context.strokeText(table.words[i], left, screenY(i));
    context.fillStyle = marked.size && !marked.has(i) ? colours.soft : colours.ink;
    context.fillText(table.words[i], left, screenY(i));
  }
}

// Whether a box on the screen touches none in the cells it lies in; if so, it is entered there.
function hasRoom(box, taken) {
  if (box.right < 0 || box.left > camera.width || box.bottom < 0 || box.top > camera.height) {
    return false;
  }
  const cells = [];
  const last = Math.floor(Math.min(box.right, camera.width) / CELL);
  for (let column = Math.floor(Math.max(box.left, 0) / CELL); column <= last; column++) {
    for (let row = Math.floor(box.top / CELL); row <= Math.floor(box.bottom / CELL); row++) {
      const cell = column + 4096 * (row + 1);
      for (const other of taken.get(cell) ?? []) {
        if (box.left < other.right + 4 && other.left < box.right + 4 && box.top < other.bottom && other.top < box.bottom) {
          return false;
        }
      }
      cells.push(cell);
    }
  }
  for (const cell of cells) {
    if (!taken.has(cell)) {
      taken.set(cell, []);
    }
    taken.get(cell).push(box);
  }
  return true;
}
