// How large symbols are, where those of one spot stand, and where names find room.

import assert from "node:assert/strict";
import { test } from "node:test";

import { NONE } from "../../web/static/base/asof.js";
import { fanOffsets, fanRadius } from "../../web/static/map/fans.js";
import { colourName, glyphOf, GROUPS } from "../../web/static/map/looks.js";
import { Taken, placeLabels } from "../../web/static/map/placement.js";
import { LARGEST, PLAIN, SMALLEST, Sizes, percentile } from "../../web/static/map/sizes.js";

const today = {
  capacity: Float32Array.from([...Array.from({ length: 99 }, (_none, i) => i + 1), 1e6, 5, NaN]),
  measure: Uint8Array.from([...Array(100).fill(0), 1, NONE]),
};
const sizes = new Sizes({ today, codes: { measure: ["lce", "cells", "ore"] } });

test("a symbol's area is its capacity's, within one measure", () => {
  assert.equal(percentile(today.capacity.slice(0, 100), 0.95), 95);
  const [small, large] = [sizes.across(0, 20), sizes.across(0, 80)];
  assert.ok(Math.abs((large / small) ** 2 - 4) < 1e-6, "four times the capacity, four times the area");
  assert.equal(sizes.across(1, 5), LARGEST, "5 is large where nothing is larger");
});

test("a symbol stays large enough to be hit and small enough to be one", () => {
  assert.equal(sizes.across(0, 1e6), LARGEST);
  assert.equal(sizes.across(0, 0.001), SMALLEST);
  assert.equal(sizes.across(0, NaN), PLAIN);
  assert.equal(sizes.across(NONE, 7), PLAIN);
  assert.equal(sizes.across(2, 7), PLAIN, "of a measure that nobody has, nothing is large");
});

test("a legend's samples are round and differ", () => {
  assert.deepEqual(sizes.samples("lce"), [10, 20, 100]);
  assert.deepEqual(sizes.samples("ore"), []);
});

test("symbols of one spot touch neither one another nor the spot", () => {
  for (const these of [[12, 12], [34, 9], [12, 12, 12], [34, 34, 9, 9, 20], [10, 10, 10, 10, 10, 10, 10, 10]]) {
    const offsets = fanOffsets(these);
    const at = these.map((size, i) => ({ x: offsets[2 * i], y: offsets[2 * i + 1], size }));
    for (const [i, a] of at.entries()) {
      assert.ok(Math.hypot(a.x, a.y) >= a.size / 2 + 3.9);
      for (const b of at.slice(0, i)) assert.ok(Math.hypot(a.x - b.x, a.y - b.y) > (a.size + b.size) / 2 + 1);
    }
  }
});

test("a fan is no wider than its symbols need", () => {
  assert.ok(fanRadius([12, 12]) <= 10.5);
  assert.ok(fanRadius(Array(8).fill(12)) < 21);
});

test("names are placed by importance, and on nothing that is there", () => {
  const taken = new Taken(400, 300);
  taken.add(100, 100, 140, 140);
  /** @param {string} what @param {number} priority @param {...import("../../web/static/map/placement.js").Box} places */
  const name = (what, priority, ...places) => ({ what, priority, places });
  const placed = placeLabels(
    [
      name("small", 1, [10, 10, 90, 26], [10, 40, 90, 56]),
      name("large", 2, [10, 10, 90, 26]),
      name("over a symbol", 9, [120, 110, 200, 126], [144, 110, 220, 126]),
      name("without room", 9, [110, 110, 130, 126], [-10, 10, 20, 26]),
    ],
    taken,
  );
  assert.deepEqual(Object.fromEntries(placed.map(({ what, box }) => [what, box[0] + box[1]])), { "over a symbol": 254, large: 20, small: 50 });
});

test("every stage of a group has a sign of its own, and every group its colours", () => {
  const stages = { planned: ["considered", "announced", "exploration", "study", "permitting"], building: ["construction", "commissioning"], ended: ["shelved", "cancelled", "closed"] };
  for (const codes of Object.values(stages)) assert.equal(new Set(codes.map(glyphOf)).size, codes.length);
  assert.equal(new Set(GROUPS.map((group) => colourName(group, "fill"))).size, 6);
  assert.equal(colourName("something new", "fill"), "--unknown-fill");
});
