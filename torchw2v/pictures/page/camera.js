// Which part of the map is seen: on the screen, a point is at scale · point + (x, y), in CSS pixels.

const canvas = document.getElementById("map");
const camera = { scale: 1, x: 0, y: 0, width: 1, height: 1, whole: 1 };
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const MARGIN = 28;
const CLOSEST = 60;
let travel = null; // the next frame of a way to a goal
let goal = null;

function wholeView() {
  const scale = Math.max(
    1e-6,
    Math.min((camera.width - 2 * MARGIN) / table.width, (camera.height - 2 * MARGIN) / table.height),
  );
  return { scale, x: (camera.width - scale * table.width) / 2, y: (camera.height - scale * table.height) / 2 };
}

function clampScale(scale) {
  return Math.min(Math.max(scale, camera.whole / 2), camera.whole * CLOSEST);
}

function look(view) {
  Object.assign(camera, view);
  redraw();
}

// The point of the map under (x, y) stays there.
function zoomAt(x, y, factor) {
  stopTravel();
  const scale = clampScale(camera.scale * factor);
  const ratio = scale / camera.scale;
  look({ scale, x: x - (x - camera.x) * ratio, y: y - (y - camera.y) * ratio });
}

function zoomMiddle(factor) {
  zoomAt(camera.width / 2, camera.height / 2, factor);
}

function pan(dx, dy) {
  stopTravel();
  look({ x: camera.x + dx, y: camera.y + dy });
}

function centred(i, scale) {
  return { scale, x: camera.width / 2 - scale * table.x[i], y: camera.height / 2 - scale * table.y[i] };
}

function stopTravel() {
  cancelAnimationFrame(travel);
  travel = goal = null;
}

// Go to the view that a function gives, in a third of a second, or at once for those who want no motion.
function travelTo(viewOf) {
  stopTravel();
  const view = viewOf();
  if (calm.matches) {
    look(view);
    return;
  }
  goal = viewOf;
  const from = { scale: camera.scale, x: camera.x, y: camera.y };
  const begin = performance.now();
  const step = (now) => {
    const time = Math.min(Math.max((now - begin) / 330, 0), 1);
    const part = time * time * (3 - 2 * time);
    const scale = from.scale * (view.scale / from.scale) ** part;
    // places follow the scale, so that the way on the map is straight
    const share = view.scale === from.scale ? part : (scale - from.scale) / (view.scale - from.scale);
    look({ scale, x: from.x + (view.x - from.x) * share, y: from.y + (view.y - from.y) * share });
    if (time < 1) {
      travel = requestAnimationFrame(step);
    } else {
      stopTravel();
    }
  };
  travel = requestAnimationFrame(step);
}

// What was in the middle stays there, and a way that was begun ends in the new middle.
function fitToStage() {
  const { width, height } = canvas.parentElement.getBoundingClientRect();
  if (width === camera.stageWidth && height === camera.stageHeight) {
    return;
  }
  pointAt(null);
  const first = camera.stageWidth === undefined;
  const begun = goal;
  camera.stageWidth = width;
  camera.stageHeight = height;
  const zoom = camera.scale / camera.whole;
  const middle = { x: (camera.width / 2 - camera.x) / camera.scale, y: (camera.height / 2 - camera.y) / camera.scale };
  const ratio = window.devicePixelRatio || 1;
  camera.width = Math.max(width, 2 * MARGIN + 1);
  camera.height = Math.max(height, 2 * MARGIN + 1);
  canvas.width = Math.round(camera.width * ratio);
  canvas.height = Math.round(camera.height * ratio);
  const whole = wholeView();
  camera.whole = whole.scale;
  if (first) {
    look(whole);
  } else {
    stopTravel();
    const scale = clampScale(whole.scale * zoom);
    look({ scale, x: camera.width / 2 - scale * middle.x, y: camera.height / 2 - scale * middle.y });
    if (begun) {
      travelTo(begun);
    }
  }
}
