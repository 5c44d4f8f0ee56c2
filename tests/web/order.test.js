// In which order rows stand, against a plain sort; and what many cost.

import assert from "node:assert/strict";
import { test } from "node:test";

import { MISSING, SORTS, ordered, orderText, readOrder } from "../../web/static/find/order.js";
import { CODES, allRows, datasetOf, dice } from "./columns.js";

const names = (dataset, rows) => Array.from(rows, (i) => dataset.told.names[i]);

/** Projects with everything that can be sorted by, much of it missing. */
function some(count, seed = 7) {
  const roll = dice(seed);
  const pick = (list) => list[roll(list.length)];
  const day = () => pick(["", "2019", "2021-03", "2021-03-05", "2024"]);
  return Array.from({ length: count }, (_none, i) => ({
    name: `${pick(["salar", "sal", "salar de", "zeta", "alfa", "a"])} ${roll(40)} ${i}`,
    kind: pick(CODES.kind),
    country: pick(["BO", "CL", "HU"]),
    region: pick(["", "potosi", "antofagasta"]),
    owners: roll(3) ? [[`o-${roll(9)}`, `owner ${roll(9)}`]] : [],
    sources: roll(6),
    steps: [
      {
        status: pick(CODES.status),
        since: day(),
        newest: day(),
        planned: day(),
        actual: day(),
        by: day(),
        capacity: roll(3) ? 1 + roll(20) : undefined,
        measure: pick(CODES.measure),
      },
    ],
  }));
}

/** What a row is sorted by, as values to compare one after the other; undefined for none. */
function plainKey(row, column) {
  const { start } = row;
  const vocabulary = (name, code) => CODES[name].indexOf(code);
  const keys = {
    name: [row.name],
    kind: [row.kind.label],
    stage: [vocabulary("status", row.status.code), row.since || undefined],
    owner: [row.owners || undefined],
    country: [row.countryName],
    place: [row.countryName, row.region || undefined],
    start: [start.actual || start.by || start.planned || undefined],
    freshness: [row.newest || undefined],
    sources: [row.sources],
    capacity: [row.capacity?.amount],
  };
  return keys[column];
}

function compared(a, b, direction) {
  for (let i = 0; i < a.length; i += 1) {
    if (a[i] === b[i]) continue;
    if (a[i] === undefined) return 1;
    if (b[i] === undefined) return -1;
    return (a[i] < b[i] ? -1 : 1) * direction;
  }
  return 0;
}

for (const column of SORTS) {
  for (const descending of [false, true]) {
    test(`by ${column}, ${descending ? "greatest" : "smallest"} first, as a plain sort has it`, () => {
      const dataset = datasetOf(some(400));
      const family = (row) =>
        column === "capacity" && row.capacity ? CODES.measure.indexOf(row.capacity.measure.code) : 99;
      const plain = Array.from(allRows(dataset), (i) => dataset.row(i)).sort(
        (a, b) =>
          family(a) - family(b) ||
          compared(plainKey(a, column), plainKey(b, column), descending ? -1 : 1) ||
          (a.name < b.name ? -1 : 1),
      );
      const found = ordered(dataset, allRows(dataset), { column, descending });
      assert.deepEqual(
        names(dataset, found),
        plain.map(({ name }) => name),
      );
    });
  }
}

test("only the rows that are asked for are sorted", () => {
  const dataset = datasetOf([{ name: "c" }, { name: "a" }, { name: "b" }]);
  assert.deepEqual([...ordered(dataset, Uint32Array.of(0, 2), { column: "name", descending: false })], [2, 0]);
  assert.equal(ordered(dataset, new Uint32Array(0), { column: "name", descending: true }).length, 0);
});

test("an order in the address is read back; anything else is the order by name", () => {
  assert.deepEqual(readOrder("-capacity"), { column: "capacity", descending: true });
  assert.deepEqual(readOrder("start"), { column: "start", descending: false });
  for (const odd of [undefined, "", "-", "volcano", "--capacity"])
    assert.deepEqual(readOrder(odd), { column: "name", descending: false });
  for (const text of ["", "-capacity", "start", "-name"]) assert.equal(orderText(readOrder(text)), text);
});

// ROWS=100000 tells what many cost.
const ROWS = Number(process.env.ROWS ?? 10_000);

test("very many rows (the times are printed, not held)", (context) => {
  const dataset = datasetOf(some(ROWS));
  const rows = allRows(dataset);
  for (const column of SORTS) {
    const begin = performance.now();
    const found = ordered(dataset, rows, { column, descending: true });
    context.diagnostic(`${column}: ${(performance.now() - begin).toFixed(0)} ms`);
    assert.equal(new Set(found).size, rows.length);
  }
  assert.equal(MISSING, Infinity);
});
