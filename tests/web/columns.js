// Made-up projects as the server would send them, for tests without a browser.

import { Columns } from "../../web/static/base/columns.js";
import { Dataset } from "../../web/static/base/dataset.js";
import { lastDay } from "../../web/static/base/asof.js";

const ARRAYS = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  i32: Int32Array,
  f32: Float32Array,
  f64: Float64Array,
};
const NONE = 255;
const NEVER = 2 ** 30;

/** As geo/snapshot.py packs a part: the header's length, the header, the columns, each at a multiple of eight bytes. */
export function pack(header, columns) {
  const bodies = Object.entries(columns).map(([name, column]) => [name, ...bodyOf(column)]);
  const places = {};
  let end = 0;
  for (const [name, type, length, bytes] of bodies) {
    places[name] = { type, offset: end, length };
    end += padded(bytes.length);
  }
  let head = JSON.stringify({ ...header, columns: places });
  head += " ".repeat(padded(4 + new TextEncoder().encode(head).length) - 4 - new TextEncoder().encode(head).length);
  const headBytes = new TextEncoder().encode(head);
  const packed = new Uint8Array(4 + headBytes.length + end);
  new DataView(packed.buffer).setUint32(0, headBytes.length, true);
  packed.set(headBytes, 4);
  for (const [name, , , bytes] of bodies) packed.set(bytes, 4 + headBytes.length + places[name].offset);
  return packed.buffer;
}

function bodyOf(column) {
  if (Array.isArray(column)) {
    const bytes = new TextEncoder().encode(column.join("\n"));
    return ["text", bytes.length, bytes];
  }
  const type = Object.keys(ARRAYS).find((name) => column instanceof ARRAYS[name]);
  return [type, column.length, new Uint8Array(column.buffer, column.byteOffset, column.byteLength)];
}

function padded(length) {
  return length + (-length & 7);
}

const GROUPS = {
  considered: "planned",
  announced: "planned",
  exploration: "planned",
  study: "planned",
  permitting: "planned",
  construction: "building",
  commissioning: "building",
  operating: "operating",
  paused: "paused",
  shelved: "ended",
  cancelled: "ended",
  closed: "ended",
  unknown: "unknown",
};
export const CODES = {
  kind: ["brine_operation", "refinery", "cell_factory"],
  status: Object.keys(GROUPS),
  status_group: ["planned", "building", "operating", "paused", "ended", "unknown"],
  status_date_basis: ["happened", "reported", "snapshot", "inferred"],
  location_accuracy: ["site", "locality", "region", "country", "undisclosed"],
  measure: ["lce", "cells", "separator"],
  capacity_basis: ["planned", "actual"],
  source_type: ["company", "news"],
  segment: [],
};
const UNITS = { lce: "t LCE a year", cells: "GWh a year", separator: "m² a year" };
export const WORDS = {
  vocabularies: Object.fromEntries(
    Object.entries(CODES).map(([name, codes]) => [
      name,
      codes.map((code) => ({
        code,
        label: labelOf(code),
        definition: "",
        group: GROUPS[code] ?? "",
        unit: UNITS[code],
      })),
    ]),
  ),
  countries: { BO: "Bolivia", CL: "Chile", HU: "Hungary" },
};

function groupsOf() {
  return Object.fromEntries(["status", "kind"].map((name) => [name, CODES[name].map((code) => GROUPS[code] ?? "")]));
}

function labelOf(code) {
  return code[0].toUpperCase() + code.slice(1).replaceAll("_", " ");
}

/**
 * A dataset of projects. Each is `{name, kind, country, region, accuracy, owners: [[id, name]], sources, plans, steps}`,
 * all of them optional; a step is `{day, status, since, basis, newest, stale, planned, actual, by, capacity, measure, built}`
 * with days as dates.
 */
export function datasetOf(projects) {
  const given = projects.map(filled);
  const last = given.map(({ steps }) => steps[steps.length - 1]);
  const countries = [...new Set(given.map(({ country }) => country))].sort();
  const header = { version: 1, size: given.length, codes: { ...CODES, country: countries }, groups: groupsOf() };
  const drawn = pack(header, {
    lon: Int32Array.from(given, () => 0),
    lat: Int32Array.from(given, () => 0),
    kind: Uint8Array.from(given, ({ kind }) => CODES.kind.indexOf(kind)),
    accuracy: Uint8Array.from(given, ({ accuracy }) => CODES.location_accuracy.indexOf(accuracy)),
    country: Uint8Array.from(given, ({ country }) => countries.indexOf(country)),
    status: Uint8Array.from(last, ({ status }) => CODES.status.indexOf(status)),
    ...capacities("", last),
  });
  const dataset = new Dataset(new Columns(drawn), () => WORDS);
  dataset.tell(new Columns(told(given, countries)));
  return dataset;
}

function filled(project, i) {
  const steps = (project.steps ?? [{}]).map((step) => ({ day: "2020-01-01", status: "announced", ...step }));
  return {
    name: `Project ${i}`,
    kind: "refinery",
    country: "BO",
    region: "",
    accuracy: "site",
    owners: [],
    sources: 1,
    plans: [],
    ...project,
    steps,
  };
}

function told(given, countries) {
  const dates = new Map([["", 0]]);
  const dateAt = (date = "") => dates.set(date, dates.get(date) ?? dates.size).get(date);
  const steps = given.flatMap((project) => project.steps);
  const names = new Map(given.flatMap(({ owners }) => owners));
  const organisations = [...names].sort();
  const regions = [...new Set(given.map(({ region }) => region))].filter(Boolean).sort();
  const columns = {
    id: given.map(({ id }, i) => id ?? `p-${i}`),
    name: given.map(({ name }) => name),
    owners: given.map(({ owners }) => owners.map(([, name]) => name).join("; ")),
    further_words: given.map(() => ""),
    region: Uint16Array.from(given, ({ region }) => (region ? regions.indexOf(region) : regions.length)),
    radius_km: Float32Array.from(given, () => NaN),
    sources: Uint16Array.from(given, ({ sources }) => sources),
    source_types: Uint16Array.from(given, () => 1),
    ...several(
      "owner",
      "owner_starts",
      given.map(({ owners }) => owners.map(([id]) => organisations.findIndex(([each]) => each === id))),
      Uint32Array,
    ),
    ...several(
      "plans",
      "plan_starts",
      given.map(({ plans }) => plans.map(dateAt)),
      Uint16Array,
    ),
    begins: Int32Array.from(given, beginning),
    step_starts: starts(given.map((project) => project.steps)),
    step_day: Int32Array.from(steps, ({ day }) => (day === null ? NEVER : lastDay(day))),
    step_stale_from: Int32Array.from(steps, ({ stale }) => (stale ? lastDay(stale) : NEVER)),
    step_status: Uint8Array.from(steps, ({ status }) => CODES.status.indexOf(status)),
    step_since_basis: Uint8Array.from(steps, ({ basis }) => (basis ? CODES.status_date_basis.indexOf(basis) : NONE)),
    step_since: Uint16Array.from(steps, ({ since }) => dateAt(since)),
    step_newest: Uint16Array.from(steps, ({ newest }) => dateAt(newest)),
    step_planned: Uint16Array.from(steps, ({ planned }) => dateAt(planned)),
    step_actual: Uint16Array.from(steps, ({ actual }) => dateAt(actual)),
    step_by: Uint16Array.from(steps, ({ by }) => dateAt(by)),
    ...capacities("step_", steps),
  };
  const header = {
    size: given.length,
    regions,
    organisations: organisations.map(([id, name]) => [name, id]),
    dates: [...dates.keys()],
    words: { kind: [], status: [] },
    country_words: Object.fromEntries(countries.map((code) => [code, ""])),
    folding: { dropped: "[\u2019]", marks: "[\u0300-\u036f]", letters: {}, latin: {} },
    areas: {},
  };
  return pack(header, columns);
}

/** The day from which on a project is there: that of its first step, unless it says otherwise; null for always. */
function beginning({ begins, steps: [{ day }] }) {
  const first = begins === undefined ? day : begins;
  return first === null ? -NEVER : lastDay(first);
}

function capacities(prefix, steps) {
  return {
    [`${prefix}capacity`]: Float32Array.from(steps, ({ capacity }) => capacity ?? NaN),
    [`${prefix}measure`]: Uint8Array.from(steps, ({ capacity, measure }) =>
      capacity ? CODES.measure.indexOf(measure ?? "cells") : NONE,
    ),
    [`${prefix}capacity_basis`]: Uint8Array.from(steps, ({ capacity, built }) =>
      capacity ? Number(Boolean(built)) : NONE,
    ),
  };
}

function several(name, startsName, each, Kind) {
  return { [startsName]: starts(each), [name]: Kind.from(each.flat()) };
}

function starts(each) {
  const found = new Uint32Array(each.length + 1);
  each.forEach((values, i) => (found[i + 1] = found[i] + values.length));
  return found;
}

/** Every row of a dataset. */
export function allRows(dataset) {
  return Uint32Array.from({ length: dataset.size }, (_none, i) => i);
}

/** Random whole numbers below a bound, the same at each run. */
export function dice(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
