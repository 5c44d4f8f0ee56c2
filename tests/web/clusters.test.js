// Crowds on the map: every project is in exactly one place, rings keep apart, and nothing depends on where the view is.

import assert from "node:assert/strict";
import { test } from "node:test";

import { boundsOfCluster, clustersOf, nearness, ringSize, rowsOf, tally } from "../../web/static/map/clusters.js";
import { shortCount } from "../../web/static/map/crowds.js";
import { Places, spotsOf } from "../../web/static/map/spots.js";

/** The same numbers from 0 to 1 every time. @param {number} seed */
function numbers(seed) {
  return () => (seed = (seed * 1_664_525 + 1_013_904_223) % 4_294_967_296) / 4_294_967_296;
}

/** Crowds around a few places, loners between them, several at one spot. @param {number} size @param {number} seed */
function made(size, seed) {
  const next = numbers(seed);
  const places = Array.from({ length: 12 }, () => [next(), 0.2 + 0.6 * next(), 0.002 + 0.03 * next()]);
  const x = new Float64Array(size);
  const y = new Float64Array(size);
  for (let i = 0; i < size; i += 1) {
    const [left, top, wide] = places[Math.floor(next() * places.length)];
    const isAtSpot = i > 0 && next() < 0.1;
    const before = Math.floor(next() * i);
    x[i] = isAtSpot ? x[before] : next() < 0.1 ? next() : Math.min(0.999, Math.max(0, left + (next() + next() - 1) * wide));
    y[i] = isAtSpot ? y[before] : Math.min(0.999, Math.max(0, top + (next() + next() - 1) * wide));
  }
  return { x, y, rows: Uint32Array.from({ length: size }, (_none, i) => i) };
}

/** @param {number} size @param {number} seed @param {number} zoom */
function clustered(size, seed, zoom) {
  const { x, y, rows } = made(size, seed);
  const spots = spotsOf(new Places(x, y), rows);
  return { x, y, spots, clusters: clustersOf(spots, 256 * 2 ** zoom, nearness(zoom, 15)) };
}

/** @param {import("../../web/static/map/spots.js").Spots} spots @param {ArrayLike<number>} these */
const rowsAt = (spots, these) => Array.from(these).flatMap((s) => [...spots.rows.subarray(spots.starts[s], spots.starts[s + 1])]);

test("projects at the same coordinates are one spot, and those without coordinates are at none", () => {
  const spots = spotsOf(new Places(Float64Array.of(0.5, 0.25, 0.5, NaN), Float64Array.of(0.5, 0.5, 0.5, NaN)), Uint32Array.of(0, 1, 2, 3));
  assert.equal(spots.count, 2);
  assert.deepEqual([...spots.rows], [0, 2, 1]);
  assert.deepEqual([...spots.starts], [0, 2, 3]);
});

test("every project is in one cluster or alone, at every zoom and in any crowd", () => {
  for (let seed = 1; seed < 12; seed += 1) {
    for (const zoom of [1, 2, 4, 6, 9, 12, 15]) {
      const { spots, clusters } = clustered(40 * seed, seed, zoom);
      const inside = Array.from({ length: clusters.count }, (_none, c) => rowsOf(clusters, spots, c));
      const all = [...inside.flat(), ...rowsAt(spots, clusters.loose)];
      assert.deepEqual(all.sort((a, b) => a - b), Array.from({ length: 40 * seed }, (_none, i) => i));
      inside.forEach((rows, c) => assert.equal(rows.length, clusters.size[c], "its count is what is in it"));
      assert.ok(inside.every((rows) => rows.length >= 4), "three are no crowd");
    }
  }
});

test("what a ring says of groups adds up to its count", () => {
  const { spots, clusters } = clustered(500, 3, 3);
  const tallies = tally(clusters, spots, (row) => row % 6, 6);
  for (let c = 0; c < clusters.count; c += 1) {
    const counts = [...tallies.subarray(6 * c, 6 * c + 6)];
    assert.equal(counts.reduce((sum, count) => sum + count), clusters.size[c]);
    assert.equal(counts[2], rowsOf(clusters, spots, c).filter((row) => row % 6 === 2).length);
  }
});

test("rings hardly overlap, and stay near their projects", () => {
  for (let seed = 1; seed < 12; seed += 1) {
    for (const zoom of [1, 2, 3, 5, 7]) {
      const { clusters, spots } = clustered(800, seed, zoom);
      const world = 256 * 2 ** zoom;
      for (let a = 0; a < clusters.count; a += 1) {
        for (let b = 0; b < a; b += 1) {
          const apart = Math.hypot(clusters.x[a] - clusters.x[b], clusters.y[a] - clusters.y[b]) * world;
          const overlap = (ringSize(clusters.size[a]) + ringSize(clusters.size[b])) / 2 - apart;
          assert.ok(overlap < 8, `seed ${seed}, zoom ${zoom}: ${overlap} pixels`);
        }
        const [left, top, right, bottom] = boundsOfCluster(clusters, spots, a);
        const [x, y] = [clusters.x[a], clusters.y[a]];
        assert.ok(x * world > left * world - 15 && x * world < right * world + 15);
        assert.ok(y * world > top * world - 15 && y * world < bottom * world + 15);
      }
    }
  }
});

test("no symbol is left under a ring", () => {
  const { spots, clusters } = clustered(800, 5, 4);
  for (const s of clusters.loose) {
    for (let c = 0; c < clusters.count; c += 1) {
      const apart = Math.hypot(spots.x[s] - clusters.x[c], spots.y[s] - clusters.y[c]) * 256 * 2 ** 4;
      assert.ok(apart > ringSize(clusters.size[c]) / 2);
    }
  }
});

test("a crowd at a single spot is no cluster: it is a fan or a pile", () => {
  const [x, y] = [new Float64Array(9).fill(0.5), new Float64Array(9).fill(0.4)];
  const clusters = clustersOf(spotsOf(new Places(x, y), Uint32Array.from({ length: 9 }, (_none, i) => i)), 1024, nearness(2, 15));
  assert.equal(clusters.count, 0);
  assert.equal(clusters.loose.length, 1);
});

test("near to the ground only symbols that cover one another are put together, and nothing at the last zoom", () => {
  const [x, y] = [Float64Array.of(0, 11, 22, 33).map((v) => 0.5 + v / (256 * 2 ** 9)), new Float64Array(4).fill(0.5)];
  const spots = spotsOf(new Places(x, y), Uint32Array.of(0, 1, 2, 3));
  assert.equal(clustersOf(spots, 256 * 2 ** 9, nearness(8, 15)).count, 1);
  assert.equal(clustersOf(spots, 256 * 2 ** 9, nearness(9, 15)).count, 0);
  assert.equal(nearness(15, 15), 0);
  assert.equal(clustersOf(spots, 256, nearness(15, 15)).count, 0);
});

test("of the filtered projects a cluster counts only those that are shown", () => {
  const { x, y, rows } = made(300, 4);
  const half = spotsOf(new Places(x, y), rows.filter((row) => row % 2 === 0));
  const clusters = clustersOf(half, 1024, nearness(2, 15));
  for (let c = 0; c < clusters.count; c += 1) assert.ok(rowsOf(clusters, half, c).every((row) => row % 2 === 0));
});

test("a ring's size grows with its count, within bounds", () => {
  const sizes = [4, 10, 100, 1000, 100_000].map(ringSize);
  assert.deepEqual(sizes, [...sizes].sort((a, b) => a - b));
  assert.ok(sizes[0] >= 22 && sizes[4] === 46);
});

test("a count is said in three signs, and never as more than it is", () => {
  assert.deepEqual([4, 999, 1000, 3456, 12_999].map(shortCount), ["4", "999", "1k", "3.4k", "12k"]);
});
