// What lies under the projects: which names come first and fit, which tiles lie under a view.

import assert from "node:assert/strict";
import { test } from "node:test";

import { inTwo } from "../../web/static/ground/labels.js";
import { creditOf } from "../../web/static/ground/layers.js";
import { arcsOf, ringOf } from "../../web/static/ground/arcs.js";
import { leastPeople, rankOf } from "../../web/static/ground/places.js";
import { squareOf, Tiles, tilesUnder } from "../../web/static/ground/tiles.js";

/** A frame of the world at a zoom, from a place in world units. */
function frameAt(zoom, x, y, width = 600, height = 300) {
  const world = 256 * 2 ** zoom;
  return { world, zoom, left: x * world, top: y * world, width, height, centre: x + width / 2 / world };
}

test("a name that is too wide stands in two lines, as even as its words allow", () => {
  assert.deepEqual(inTwo("United States of America"), ["United States", "of America"]);
  assert.deepEqual(inTwo("Chile"), ["Chile"]);
  assert.deepEqual(inTwo("Bosnia and Herz."), ["Bosnia", "and Herz."]);
});

test("arcs in hundredths of a degree are where they say, forwards and backwards", () => {
  const zigzag = [3, -6760, -2020, 10, 0, 0, 5, 2, 10, 5, -10, -5].map((number) => (number < 0 ? -2 * number - 1 : 2 * number));
  const bytes = zigzag.flatMap((number) => (number > 127 ? [(number & 127) | 128, number >> 7] : [number]));
  const arcs = arcsOf(Uint8Array.from(bytes), 100);
  const [a, b, c, d] = [
    [-67.6, -20.2],
    [-67.5, -20.2],
    [-67.5, -20.15],
    [-67.6, -20.2],
  ];
  assert.deepEqual(arcs, [
    [a, b, c],
    [c, d],
  ]);
  assert.deepEqual(ringOf([0, 1], arcs), [a, b, c, d]);
  assert.deepEqual(ringOf([~1, ~0], arcs), [d, c, b, a]);
});

test("the nearer the view, the smaller the towns that it names", () => {
  const zooms = [2, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 11];
  const least = zooms.map(leastPeople);
  assert.equal(least[0], Infinity);
  assert.equal(least.at(-1), 0);
  assert.deepEqual(least, [...least].sort((a, b) => b - a));
  assert.deepEqual([5_000_000, 1_000_000, 400_000, 150_000, 40_000, 10].map(rankOf), [0, 0, 1, 2, 3, 4]);
});

test("the tiles under a frame cover it, over the antimeridian too", () => {
  const frame = frameAt(5, -0.01, 0.4);
  const places = tilesUnder(frame, 5);
  assert.deepEqual(
    [...new Set(places.map(({ x, copy }) => `${copy} ${x}`))],
    ["-1 31", "0 0", "0 1", "0 2"],
  );
  const [left, right] = [places.map((at) => squareOf(frame, at)[0]), places.map((at) => squareOf(frame, at))];
  assert.ok(Math.min(...left) <= 0);
  assert.ok(Math.max(...right.map(([x, , width]) => x + width)) >= frame.width);
  assert.ok(tilesUnder(frame, 5, false).length <= places.length, "the margin can wait");
});

test("squares of neighbours meet without a seam", () => {
  const frame = frameAt(6.5, 0.313, 0.4);
  const places = tilesUnder(frame, 5);
  for (const place of places) {
    const next = places.find((other) => other.x === place.x + 1 && other.y === place.y);
    if (!next) continue;
    const [left, , width] = squareOf(frame, place);
    assert.equal(left + width, squareOf(frame, next)[0]);
  }
});

test("a tile is fetched once, and again only where that failed", async () => {
  const asked = [];
  let came = 0;
  let fails = true;
  const tiles = new Tiles(
    async ({ x }) => {
      asked.push(x);
      if (x === 2 && fails) throw new Error("no network");
      return x === 3 ? null : `tile ${x}`;
    },
    () => (came += 1),
  );
  const places = [1, 2, 3].map((x) => ({ zoom: 5, x, y: 0, copy: 0 }));
  const arrived = () => new Promise((resolve) => setImmediate(resolve));
  tiles.want(places);
  assert.equal(tiles.get(places[0]), null, "it is on its way");
  await arrived();
  fails = false;
  tiles.want(places);
  await arrived();
  assert.deepEqual(asked, [1, 2, 3, 2]);
  assert.deepEqual(places.map((place) => tiles.get(place)), ["tile 1", "tile 2", null]);
  assert.equal(came, 2, "nothing is drawn again for a tile of nothing");
});

test("a credit is text, and leads only to a secure address", () => {
  assert.equal(creditOf({ credit: "<img src=x onerror=alert(1)> & 'sons'", link: null }), "&#60;img src=x onerror=alert(1)&#62; &#38; &#39;sons&#39;");
  assert.equal(creditOf({ credit: "A", link: "javascript:alert(1)" }), "A");
  assert.equal(creditOf({ credit: "A", link: "https://a.example/?b=1&c=2" }), '<a href="https://a.example/?b=1&#38;c=2">A</a>');
});
