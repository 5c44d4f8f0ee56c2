// Which record do the fields make of one that is there? Only what was said to be wrong is another; it rests on the new source.

import { capacityOf, eventOf, filled, geometryOf, namesIn, ownerOf, sourceOf } from "./record.js";

/** @typedef {import("./record.js").Fields} Fields */
/** @typedef {{id: string, geometry: any, properties: Record<string, any>}} Feature as it is stated */
/** @typedef {"stage" | "place" | "owner" | "capacity" | "name" | "event" | "gone"} Part */
/** Where a part of the record lies, and where the form has it: pointers. @typedef {[string, string]} Placed */
/** @typedef {{feature: Feature, placed: Placed[]}} Correction */

/** What the fields say of the record as it is; how its place is known is said anew with another place. @param {Feature} feature @returns {Fields} */
export function fieldsOf({ geometry, properties: p }) {
  const [lon, lat] = geometry?.type === "Point" ? geometry.coordinates : ["", ""];
  return {
    name: p.name,
    kind: p.kind,
    country: p.country,
    "other-names": (p.other_names ?? []).join("; "),
    summary: p.summary ?? "",
    accuracy: p.location_accuracy,
    lat: String(lat),
    lon: String(lon),
    radius: String(p.location_radius_km ?? ""),
    region: p.region ?? "",
    locality: p.locality ?? "",
  };
}

/** What the fields say of an owner, or of a capacity, that the record has. @param {Record<string, any>} owner @returns {Fields} */
export function fieldsOfOwner(owner) {
  return { "owner-name": owner.name ?? "", "owner-role": owner.role ?? "owner", "owner-share": String(owner.share_pct ?? "") };
}

/** @param {Record<string, any>} capacity @returns {Fields} */
export function fieldsOfCapacity(capacity) {
  const { value = "", unit = "", product = "", basis = "planned" } = capacity;
  return { "capacity-value": String(value), "capacity-unit": unit, "capacity-product": product, "capacity-basis": basis };
}

/**
 * @param {Feature} before @param {Fields} f @param {ReadonlySet<Part>} parts @param {{expected: boolean, ownerGone: boolean}} ticks
 * @returns {Correction}
 */
export function correctionOf(before, f, parts, ticks) {
  const feature = structuredClone(before);
  const p = feature.properties;
  const source = freeId(p.sources);
  p.sources = [...p.sources, sourceOf(f, source)];
  /** @type {Placed[]} */
  const placed = [[`/properties/sources/${p.sources.length - 1}`, "/properties/sources/0"]];
  if (parts.has("name")) Object.assign(p, { name: f.name, kind: f.kind, country: f.country, other_names: namesIn(f["other-names"]), summary: f.summary });
  if (parts.has("place")) feature.geometry = place(feature, f, source);
  if (parts.has("stage")) added(p, "events", eventOf(f, ticks.expected, source), "/properties/events/0", placed);
  if (parts.has("event")) added(p, "events", happened(f, source), "/event", placed);
  if (parts.has("owner")) owner(p, f, source, ticks.ownerGone, placed);
  if (parts.has("capacity")) changed(p, "capacities", f["capacity-which"], capacityOf(f, source), placed);
  feature.properties = filled(p);
  return { feature, placed };
}

/** A pointer into the record as the form has it. @param {string} pointer @param {Placed[]} placed */
export function inTheForm(pointer, placed) {
  const [from, to] = placed.find(([each]) => pointer === each || pointer.startsWith(`${each}/`)) ?? ["", ""];
  return to + pointer.slice(from.length);
}

/** @param {{id: string}[]} sources */
function freeId(sources) {
  const taken = new Set(sources.map(({ id }) => id));
  let number = sources.length + 1;
  while (taken.has(`s${number}`)) number += 1;
  return `s${number}`;
}

/** The place is said anew; an outline stays where only words about it are others. @param {Feature} feature @param {Fields} f @param {string} source */
function place(feature, f, source) {
  const isPlaced = f.accuracy !== "country" && f.accuracy !== "undisclosed";
  const { geometry, properties: p } = feature;
  const isOutline = geometry && geometry.type !== "Point" && f.accuracy === p.location_accuracy && f.lat === "" && f.lon === "";
  Object.assign(p, {
    country: f.country,
    location_accuracy: f.accuracy,
    location_radius_km: isPlaced && f.radius !== "" ? Number(f.radius.replace(",", ".")) || f.radius : "",
    region: f.region,
    locality: f.locality,
    location_note: f["location-note"],
    location_sources: f.accuracy === "undisclosed" ? [] : [source],
  });
  if (isOutline) return geometry;
  return isPlaced ? geometryOf(f) : null;
}

/** @param {Fields} f @param {string} source */
function happened(f, source) {
  return filled({ date: f["event-date"], date_basis: f["event-basis"], type: f["event-type"], summary: f["event-summary"], sources: [source] });
}

/** @param {Record<string, any>} p @param {string} name @param {object} part @param {string} pointer @param {Placed[]} placed */
function added(p, name, part, pointer, placed) {
  p[name] = [...(p[name] ?? []), part];
  placed.push([`/properties/${name}/${p[name].length - 1}`, pointer]);
}

/** @param {Record<string, any>} p @param {Fields} f @param {string} source @param {boolean} isGone @param {Placed[]} placed */
function owner(p, f, source, isGone, placed) {
  const which = f["owner-which"];
  if (isGone && which) p.owners = p.owners.filter((/** @type {any} */ _owner, /** @type {number} */ at) => at !== Number(which));
  else changed(p, "owners", which, ownerOf(f, source), placed);
}

/**
 * A part that is there takes what the fields say and keeps the rest; without one a new one is added.
 * @param {Record<string, any>} p @param {string} name @param {string} which @param {Record<string, any>} said @param {Placed[]} placed
 */
function changed(p, name, which, said, placed) {
  if (!which) return added(p, name, said, `/properties/${name}/0`, placed);
  const before = p[name][Number(which)];
  const organisation = before.name === said.name ? {} : { organisation: "" }; // another name is another organisation
  const others = { share_pct: "", ...organisation };
  p[name] = p[name].map((/** @type {any} */ each) => (each === before ? filled({ ...before, ...(name === "owners" ? others : {}), ...said, sources: said.sources }) : each));
  placed.push([`/properties/${name}/${which}`, `/properties/${name}/0`]);
}
