// What does the server send, and what is it as rows?

import { Folding } from "./fold.js";

/** `search` is what of the word is searched, folded. @typedef {{code: string, label: string, definition: string, group: string, search: string}} Term */
/**
 * One project as the map knows it. `x`, `y` are Web Mercator from 0 to 1; both are null for a project without a point.
 * @typedef {object} Row
 * @property {number} index
 * @property {string} id
 * @property {string} name
 * @property {Term} kind
 * @property {Term} status
 * @property {string | null} since the date of the stage
 * @property {Term | null} sinceBasis what that date is
 * @property {string} country
 * @property {Term} accuracy
 * @property {number | null} radius
 * @property {number | null} x
 * @property {number | null} y
 * @property {number | null} lat
 * @property {number | null} lon
 * @property {string} owners
 * @property {string} search all that is searched, folded
 * @property {string} folded the name as search compares it
 */
/** @typedef {Row & {x: number, y: number, lat: number, lon: number}} PlacedRow */
/**
 * @typedef {object} Dataset
 * @property {Row[]} rows
 * @property {Map<string, Row>} byId
 * @property {Term[]} kinds
 * @property {Term[]} statuses
 * @property {Record<string, string>} countries
 * @property {Map<number, any>} areas footprints (GeoJSON geometries) by row
 * @property {Folding} folding
 */

/** @param {number} lon */
export function mercatorX(lon) {
  return (lon + 180) / 360;
}

/** @param {number} lat */
export function mercatorY(lat) {
  const sine = Math.sin((Math.max(-85.0511, Math.min(85.0511, lat)) * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

/** @param {any} snapshot @returns {Dataset} */
export function decode(snapshot) {
  const { columns, vocabularies } = snapshot;
  const folding = new Folding(snapshot.folding);
  /** @type {Row[]} */
  const rows = columns.id.map((/** @type {string} */ _id, /** @type {number} */ index) =>
    row(columns, vocabularies, index, folding),
  );
  return {
    rows,
    byId: new Map(rows.map((each) => [each.id, each])),
    kinds: vocabularies.kind,
    statuses: vocabularies.status,
    countries: snapshot.countries,
    areas: new Map(Object.entries(snapshot.areas ?? {}).map(([index, area]) => [Number(index), area])),
    folding,
  };
}

/** @param {any} columns @param {any} vocabularies @param {number} i @param {Folding} folding @returns {Row} */
function row(columns, vocabularies, i, folding) {
  const lon = columns.lon[i];
  const lat = columns.lat[i];
  const [kind, status] = [vocabularies.kind[columns.kind[i]], vocabularies.status[columns.status[i]]];
  const placed = typeof lon === "number" && typeof lat === "number";
  return {
    index: i,
    id: columns.id[i],
    name: columns.name[i],
    kind,
    status,
    since: columns.status_date[i],
    sinceBasis: vocabularies.status_date_basis[columns.status_date_basis[i]] ?? null,
    country: columns.country[i],
    accuracy: vocabularies.location_accuracy[columns.accuracy[i]],
    radius: columns.radius_km[i],
    x: placed ? mercatorX(lon) : null,
    y: placed ? mercatorY(lat) : null,
    lon: placed ? lon : null,
    lat: placed ? lat : null,
    owners: columns.owners[i] ?? "",
    search: `${columns.search[i] ?? ""} ${kind.search} ${status.search}`,
    folded: folding.fold(columns.name[i]),
  };
}

/** @param {Row} each @returns {each is PlacedRow} */
export function hasPoint(each) {
  return each.x !== null;
}

/** Is only the country known, so that the country's own area stands for the project? @param {Row} each */
export function isCountryWide(each) {
  return each.accuracy.code === "country";
}

/** Is there nothing on the map for it? @param {Row} each */
export function isPlaceless(each) {
  return !hasPoint(each) && !isCountryWide(each);
}
