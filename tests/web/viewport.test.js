// The view is reckoned before Leaflet is there: what should be seen is within it, and clear of what lies over the map.

import assert from "node:assert/strict";
import { test } from "node:test";

import { worldAt } from "../../web/static/map/frame.js";
import { STEP, fitted, limited, zoomsOf } from "../../web/static/map/viewport.js";

const CLEAR = { left: 340, top: 56, right: 0, bottom: 90 };
const SIZE = { x: 1440, y: 900 };

/** A number from 0 to 1, the same every time. @param {number} seed */
function numbers(seed) {
  return () => (seed = (seed * 1_664_525 + 1_013_904_223) % 4_294_967_296) / 4_294_967_296;
}

test("a box is within the clear part of the view, as near as steps allow", () => {
  const next = numbers(11);
  for (let i = 0; i < 500; i += 1) {
    const [left, top] = [next() * 0.6, 0.1 + next() * 0.4];
    const box = [left, top, left + 0.0005 + next() * 0.2, top + 0.0005 + next() * 0.15];
    const { x, y, zoom } = fitted(box, SIZE, CLEAR, { least: 0, most: 18 });
    const world = worldAt(zoom);
    const [west, east] = [box[0], box[2]].map((at) => (at - x) * world + SIZE.x / 2);
    const [north, south] = [box[1], box[3]].map((at) => (at - y) * world + SIZE.y / 2);
    assert.ok(west > CLEAR.left && east < SIZE.x - CLEAR.right && north > CLEAR.top && south < SIZE.y - CLEAR.bottom);
    const wider = Math.max((box[2] - box[0]) / (SIZE.x - 420), (box[3] - box[1]) / (SIZE.y - 206)) * world * 2 ** STEP;
    assert.ok(wider > 0.99, "one step nearer would not fit");
    assert.equal(zoom % STEP, 0);
  }
});

test("zooms stay between the least and the most, whatever is asked for", () => {
  assert.deepEqual(zoomsOf(390), { least: 1, most: 11 });
  assert.deepEqual(zoomsOf(1440), { least: 2, most: 11 });
  assert.deepEqual([0, 2.3, 20].map((zoom) => limited(zoom, zoomsOf(1440))), [2, 2.5, 11]);
  const point = /** @type {const} */ ([0.5, 0.5, 0.5, 0.5]);
  assert.equal(fitted([...point], SIZE, CLEAR, { least: 2, most: 7 }).zoom, 7);
  assert.equal(fitted([0, 0, 1, 1], { x: 100, y: 100 }, CLEAR, { least: 2, most: 7 }).zoom, 2, "no room at all");
});
