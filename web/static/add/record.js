// Which new record do the fields of the form make? Every part rests on the one source that the form asks for.

import { degreesOf, numberOf } from "./numbers.js";

const SOURCE = "s1";

/** @typedef {Record<string, string>} Fields the form's texts by field, without blanks at their ends; "" where empty */

/**
 * @param {Fields} f @param {boolean} expected @param {string[]} [wholes] the records of which it is a phase
 */
export function featureOf(f, expected, wholes = []) {
  const placed = f.accuracy !== "country" && f.accuracy !== "undisclosed";
  return {
    type: "Feature",
    geometry: placed ? geometryOf(f) : null,
    properties: filled({
      name: f.name,
      other_names: namesIn(f["other-names"]),
      kind: f.kind,
      country: f.country,
      region: f.region,
      locality: f.locality,
      location_accuracy: f.accuracy,
      location_radius_km: placed ? numberOf(f.radius) : "",
      location_note: f["location-note"],
      location_sources: f.accuracy === "undisclosed" ? [] : [SOURCE],
      summary: f.summary,
      events: [eventOf(f, expected)],
      owners: f["owner-name"] || f["owner-share"] ? [ownerOf(f)] : [],
      capacities: f["capacity-value"] ? [capacityOf(f)] : [],
      links: wholes.map((project) => ({ type: "part_of", project, sources: [SOURCE] })),
      sources: [sourceOf(f)],
    }),
  };
}

/** @param {string} text */
export function namesIn(text) {
  return text.split(/[;；]/).map((name) => name.trim()).filter(Boolean);
}

/** @param {Record<string, unknown>} part without the fields that were left empty */
export function filled(part) {
  return Object.fromEntries(
    Object.entries(part).filter(([, value]) => value !== "" && !(Array.isArray(value) && value.length === 0)),
  );
}

/** @param {Fields} f */
export function geometryOf(f) {
  if (f.lat === "" && f.lon === "") return null;
  return { type: "Point", coordinates: [coordinateOf(f.lon, "lon"), coordinateOf(f.lat, "lat")] };
}

/**
 * The degrees, or the text as it is, so that the server refuses it.
 * @param {string} text @param {"lat" | "lon"} axis
 */
function coordinateOf(text, axis) {
  const degrees = degreesOf(text, axis);
  return Number.isNaN(degrees) ? text : degrees;
}

/** What the source says of it is its title, where nobody has said it better. @param {Fields} f @param {boolean} expected */
export function eventOf(f, expected, source = SOURCE) {
  const event = filled({
    date: f["status-date"],
    date_basis: expected ? "" : f["status-basis"],
    type: "status",
    status: f.status,
    summary: f["status-summary"] || f["source-title"],
    sources: [source],
  });
  return expected ? { ...event, expected } : event;
}

/** @param {Fields} f */
export function ownerOf(f, source = SOURCE) {
  return filled({
    name: f["owner-name"],
    role: f["owner-role"],
    share_pct: numberOf(f["owner-share"]),
    sources: [source],
  });
}

/** @param {Fields} f */
export function capacityOf(f, source = SOURCE) {
  return filled({
    product: f["capacity-product"],
    value: numberOf(f["capacity-value"]),
    unit: f["capacity-unit"],
    basis: f["capacity-basis"],
    sources: [source],
  });
}

/** @param {Fields} f */
export function sourceOf(f, id = SOURCE) {
  return filled({
    id,
    url: f["source-url"],
    title: f["source-title"],
    publisher: f["source-publisher"],
    published: f["source-published"],
    archived_url: f["source-archived"] ?? "",
    accessed: new Date().toISOString().slice(0, 10),
    type: f["source-type"],
  });
}
