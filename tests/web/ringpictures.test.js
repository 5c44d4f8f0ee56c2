// Pictures of rings: none lies on another or reaches beyond the picture from which they are copied.

import assert from "node:assert/strict";
import { test } from "node:test";

import { WIDTH, placed } from "../../web/static/map/ringpictures.js";

globalThis.OffscreenCanvas ??= class {};

test("squares of any size lie in the picture, beside one another", () => {
  for (const count of [1, 2, 19, 20, 21, 700]) {
    const sides = Array.from({ length: count }, (_none, i) => 100 - Math.floor((60 * i) / count));
    const { places, height } = placed(sides);
    const boxes = sides.map((side, i) => [places[2 * i], places[2 * i + 1], places[2 * i] + side, places[2 * i + 1] + side]);
    boxes.forEach(([left, top, right, bottom], i) => {
      assert.ok(right <= WIDTH && bottom <= height, `${count}: ${i} reaches beyond`);
      for (const [otherLeft, otherTop, otherRight, otherBottom] of boxes.slice(0, i))
        assert.ok(left >= otherRight || right <= otherLeft || top >= otherBottom || bottom <= otherTop, `${count}: ${i} is covered`);
    });
  }
});
