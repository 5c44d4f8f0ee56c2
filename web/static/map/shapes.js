// How does a GeoJSON area become a path that a canvas can draw at any zoom? Units: the world is 1 wide, Web Mercator.

import { mercatorX, mercatorY } from "../base/dataset.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {[number, number, number, number]} Box left, top, right, bottom */
/**
 * `outline` leaves out the cuts along the antimeridian. `label` is the middle of the largest part.
 * @typedef {{area: Path2D, outline: Path2D, box: Box, label: [number, number]}} Shape
 */

/** `main` is the box of its largest part. @typedef {{iso: string, name: string, shape: Shape, main: Box}} Country */

/** @param {any} geometry Polygon or MultiPolygon @returns {Shape} */
export function shapeOf(geometry) {
  /** @type {number[][][][]} */
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  const area = new Path2D();
  const outline = new Path2D();
  const rings = polygons.flat().map((ring) => ring.map(([lon, lat]) => [mercatorX(lon), mercatorY(lat)]));
  for (const ring of rings) {
    trace(area, ring);
    traceOutline(outline, ring);
  }
  return { area, outline, box: boxOf(rings), label: middleOf(rings) };
}

/** @param {Path2D} path @param {number[][]} ring */
function trace(path, ring) {
  ring.forEach(([x, y], i) => (i === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
  path.closePath();
}

/** @param {Path2D} path @param {number[][]} ring */
function traceOutline(path, ring) {
  let drawing = false;
  for (let i = 1; i < ring.length; i += 1) {
    const [from, to] = [ring[i - 1], ring[i]];
    const isCut = from[0] === to[0] && (from[0] === 0 || from[0] === 1);
    if (!isCut && !drawing) path.moveTo(from[0], from[1]);
    if (!isCut) path.lineTo(to[0], to[1]);
    drawing = !isCut;
  }
}

/** @param {number[][][]} rings @returns {Box} */
export function boxOf(rings) {
  /** @type {Box} */
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of rings.flat()) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
}

/** The centroid of the largest ring. @param {number[][][]} rings @returns {[number, number]} */
function middleOf(rings) {
  /** @type {[number, number]} */
  let middle = [0.5, 0.5];
  let largest = 0;
  for (const ring of rings) {
    const [size, x, y] = centroid(ring);
    if (size > largest) [largest, middle] = [size, [x, y]];
  }
  return middle;
}

/** @param {number[][]} ring @returns {[number, number, number]} area, x, y */
function centroid(ring) {
  const [x0, y0] = ring[0];
  let [area, x, y] = [0, 0, 0];
  for (let i = 1; i < ring.length; i += 1) {
    const [ax, ay, bx, by] = [ring[i - 1][0] - x0, ring[i - 1][1] - y0, ring[i][0] - x0, ring[i][1] - y0];
    const cross = ax * by - bx * ay;
    area += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return area === 0 ? [0, x0, y0] : [Math.abs(area / 2), x0 + x / (3 * area), y0 + y / (3 * area)];
}

/** How many times the world is to the left of the first copy in view, to the last. @param {Frame} frame */
export function copies(frame) {
  const first = Math.floor(frame.left / frame.world);
  const last = Math.floor((frame.left + frame.width) / frame.world);
  return Array.from({ length: last - first + 1 }, (_unused, i) => first + i);
}

/** @param {Frame} frame @param {Shape} shape @param {number} copy */
export function inView(frame, shape, copy) {
  const [left, top, right, bottom] = screenBox(frame, shape, copy);
  return right > 0 && bottom > 0 && left < frame.width && top < frame.height;
}

/** @param {Frame} frame @param {Shape} shape @param {number} copy @returns {Box} */
export function screenBox(frame, shape, copy) {
  const [left, top, right, bottom] = shape.box;
  const { world } = frame;
  return [
    (left + copy) * world - frame.left,
    top * world - frame.top,
    (right + copy) * world - frame.left,
    bottom * world - frame.top,
  ];
}

/** A path in canvas pixels. @param {Frame} frame @param {Path2D} path @param {number} copy */
export function onScreen(frame, path, copy) {
  const moved = new Path2D();
  const { world } = frame;
  moved.addPath(path, new DOMMatrix([world, 0, 0, world, copy * world - frame.left, -frame.top]));
  return moved;
}
