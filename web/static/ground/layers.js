// Which bases and overlays does this server offer, and how does each become a layer of the map?

import { languageOf, say } from "../base/texts.js";

/**
 * `image` tiles come by `{z}/{x}/{y}`, `shapes` from this server, `pmtiles` from a file on it; `layers` are the file's.
 * @typedef {{type: "image" | "shapes" | "pmtiles", url: string, zoom?: number, layers?: string[]}} Source
 */
/**
 * @typedef {object} Told
 * @property {string} id @property {string | null} title none where the texts of the page have one
 * @property {string} credit @property {string | null} link where the credit leads
 * @property {string | null} host another host that has to be asked
 * @property {Source} source
 */
/** @typedef {Told & {kind: string, licence: string, colour: string}} ToldOverlay */
/**
 * `base` is the one to begin with, where the operator has one of his own.
 * @typedef {{base: string | null, bases: Told[], overlays: ToldOverlay[]}} Offer
 */

/** @param {string} address @returns {Promise<Offer>} */
export async function fetchOffer(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  const offer = await response.json();
  for (const { source } of [...offer.bases, ...offer.overlays])
    if (source.type === "pmtiles") source.url = new URL(source.url, response.url).href;
  return offer;
}

/** @param {Told} told */
export function titleOf(told) {
  return told.title ?? say(`base.${told.id}`);
}

/** The credit as Leaflet takes it, which is HTML. @param {Told} told */
export function creditOf({ credit, link }) {
  const text = escaped(credit);
  return link && new URL(link).protocol === "https:" ? `<a href="${escaped(link)}">${text}</a>` : text;
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/**
 * Pictures from another host: it is told which site asks, as the tile policy of OpenStreetMap wants it, and no more.
 * @param {Told} told @param {string} pane @param {number} opacity @returns {L.Layer}
 */
export function imageLayer(told, pane, opacity = 1) {
  const referrerPolicy = /** @type {const} */ ("strict-origin-when-cross-origin");
  const options = { pane, opacity, referrerPolicy, attribution: creditOf(told), maxNativeZoom: told.source.zoom ?? 17 };
  return L.tileLayer(told.source.url, options);
}

/**
 * @param {Told} told @param {string} pane
 * @param {string | null} colour one for everything; none for a base, which has its own @param {boolean} dark
 */
export async function pmtilesLayer(told, pane, colour, dark) {
  const { layerOf } = await import("./pmtiles.js");
  return layerOf(told, pane, colour, dark, { credit: creditOf(told), language: languageOf() });
}
