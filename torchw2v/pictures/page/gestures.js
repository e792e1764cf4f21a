// Mouse, fingers and keys on the map.

const CLICK = 5; // pixels that a hand may tremble
const pressed = new Map();
let moved = 0;

function onStage(event) {
  const box = canvas.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

canvas.addEventListener(
  "wheel",
  (event) => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? 400 : 1;
    const speed = event.ctrlKey ? 0.01 : 0.0016; // two fingers on a pad come as small turns with the key held
    const { x, y } = onStage(event);
    pointAt(null);
    zoomAt(x, y, Math.exp(-Math.max(-400, Math.min(400, event.deltaY * lines)) * speed));
  },
  { passive: false },
);

canvas.addEventListener("pointerdown", (event) => {
  if (event.pointerType === "mouse" && event.button !== 0) {
    return;
  }
  canvas.setPointerCapture(event.pointerId);
  moved = pressed.size ? Infinity : 0; // two fingers click nothing
  pressed.set(event.pointerId, onStage(event));
});

canvas.addEventListener("pointermove", (event) => {
  const now = onStage(event);
  const before = pressed.get(event.pointerId);
  if (!before) {
    if (event.pointerType === "mouse") {
      pointAt(wordAt(now.x, now.y, 12));
    }
    return;
  }
  moved += Math.hypot(now.x - before.x, now.y - before.y);
  if (moved <= CLICK) {
    return;
  }
  pointAt(null);
  canvas.classList.add("dragged");
  if (pressed.size === 1) {
    pan(now.x - before.x, now.y - before.y);
  } else if (pressed.size === 2) {
    const [other] = [...pressed].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
    const wide = Math.hypot(before.x - other.x, before.y - other.y);
    const middle = { x: (before.x + other.x) / 2, y: (before.y + other.y) / 2 };
    zoomAt(middle.x, middle.y, Math.hypot(now.x - other.x, now.y - other.y) / Math.max(wide, 1));
    pan((now.x - before.x) / 2, (now.y - before.y) / 2);
  }
  pressed.set(event.pointerId, now);
});

function release(event, isClick) {
  if (!pressed.delete(event.pointerId)) {
    return;
  }
  canvas.classList.remove("dragged");
  if (isClick && moved <= CLICK && pressed.size === 0) {
    const { x, y } = onStage(event);
    pointAt(null);
    select(wordAt(x, y, event.pointerType === "mouse" ? 12 : 22));
  }
}

canvas.addEventListener("pointerup", (event) => release(event, true));
canvas.addEventListener("pointercancel", (event) => release(event, false));
canvas.addEventListener("pointerleave", () => pointAt(null));
canvas.addEventListener("dblclick", (event) => {
  const { x, y } = onStage(event);
  zoomAt(x, y, 2);
});

const KEYS = {
  ArrowLeft: () => pan(60, 0),
  ArrowRight: () => pan(-60, 0),
  ArrowUp: () => pan(0, 60),
  ArrowDown: () => pan(0, -60),
  "+": () => zoomMiddle(1.3),
  "=": () => zoomMiddle(1.3),
  "-": () => zoomMiddle(1 / 1.3),
  0: () => travelTo(wholeView),
  Escape: () => select(null),
};

canvas.addEventListener("keydown", (event) => {
  if (KEYS[event.key] && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    pointAt(null);
    KEYS[event.key]();
  }
});
