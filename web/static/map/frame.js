// Where on the world does a canvas lie, and how is it made ready for a picture?

/**
 * World size in pixels, and the canvas' own top left corner in world pixels; `centre` in world units.
 * @typedef {{world: number, left: number, top: number, width: number, height: number, zoom: number, centre: number}} Frame
 */
/** @typedef {{x: number, y: number}} At */

const MARGIN = 0.25; // of the view, on every side, so that a pan shows no edge
const TILE = 256; // pixels across the world at zoom 0

export function pixelRatio() {
  return Math.min(2, window.devicePixelRatio || 1);
}

/** Pixels across the world. @param {number} zoom */
export function worldAt(zoom) {
  return TILE * 2 ** zoom;
}

/** How far a canvas reaches beyond a view of that size. @param {At} size @returns {At} */
export function marginOf({ x, y }) {
  return { x: Math.round(x * MARGIN), y: Math.round(y * MARGIN) };
}

/**
 * The frame of a view with a margin around it.
 * @param {At} corner the view's top left, in world pixels @param {At} size @param {At} margin @param {number} zoom @returns {Frame}
 */
export function frameOf(corner, size, margin, zoom) {
  const world = worldAt(zoom);
  const [left, top] = [corner.x - margin.x, corner.y - margin.y];
  const [width, height] = [size.x + 2 * margin.x, size.y + 2 * margin.y];
  return { world, left, top, width, height, zoom, centre: (left + width / 2) / world };
}

/** Empties a canvas and gives it the frame's size, where it has another: a new one takes long to come by. @param {HTMLCanvasElement} canvas @param {Frame} frame */
export function penFor(canvas, { width, height, world }) {
  const ratio = pixelRatio();
  const [across, down] = [Math.floor(width * ratio), Math.floor(height * ratio)];
  if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, { width: across, height: down });
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  canvas.dataset.world = String(world);
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  ctx.restore(); // what the last picture set, as a new canvas has none of it
  ctx.save();
  ctx.clearRect(0, 0, across, down);
  ctx.scale(ratio, ratio);
  return ctx;
}
