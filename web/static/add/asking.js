// How does the form ask its server? Who is signed in, what an address tells, places, records alike, checks, proposals.

import { ROOT } from "../base/root.js";
import { languageOf } from "../base/texts.js";

const PROPOSALS = `${ROOT}/api/proposals`;
const ITEMS = `${ROOT}/api/collections/projects/items`;

/** @typedef {{name: string, role: string, rights: string[], countries: string[]}} Person */
/** @typedef {import("./problems.js").Fault & {severity: "error" | "warning" | "note"}} Found */
/** @typedef {{url: string, archived_url: string | null, type: string | null, title: string | null, publisher: string | null, published: string | null, faults: Found[]}} Told */
/** @typedef {{kind: "town" | "region" | "country", name: string, country: string, country_name: string, longitude: number | null, latitude: number | null, people: number | null, region: string | null, radius_km: number | null}} Place */
/** @typedef {{id: string, name: string, kind: string, status: string, country: string, locality: string | null, km: number | null, names_alike: number, owners_alike: number}} Alike */
/** @typedef {{faults: Found[], alike: Alike[], html: string | null}} Checked */
/** @typedef {{status: number, answer: any}} Answered */

/** @type {string | null} */
let token = null;

/** Who is signed in; null for nobody, or where that is not known now. @returns {Promise<Person | null>} */
export async function whoAsks() {
  const { answer } = await asked(`${ROOT}/session`).catch(() => ({ answer: {} }));
  token = answer.csrf ?? null;
  return answer.person ?? null;
}

/** @param {string} address @param {AbortSignal} [signal] @returns {Promise<Told>} */
export async function aboutAddress(address, signal) {
  return (await asked(`${ROOT}/api/addresses?${query({ url: address })}`, { signal })).answer;
}

/** @param {string} name @param {AbortSignal} [signal] @returns {Promise<Place[]>} */
export async function placesCalled(name, signal) {
  return (await asked(`${ROOT}/api/places?${query({ q: name.slice(0, 200) })}`, { signal })).answer;
}

/** @param {Record<string, string>} known @param {AbortSignal} [signal] @returns {Promise<Alike[]>} */
export async function recordsAlike(known, signal) {
  return (await asked(`${ROOT}/api/collections/projects/alike?${query(known)}`, { signal })).answer;
}

/** @param {object} body @returns {Promise<Answered>} */
export function checkProposal(body) {
  return asked(`${PROPOSALS}/check`, sent("POST", body));
}

/** Asked again under the same name, it is not made again. @param {object} body @param {string} once @returns {Promise<Answered>} */
export function sendProposal(body, once) {
  return asked(PROPOSALS, sent("POST", body, { "Idempotency-Key": `"${once}"` }));
}

/** @param {object} feature @param {string} comment @param {string} once @returns {Promise<Answered>} */
export function addRecord(feature, comment, once) {
  const headers = { "Content-Type": "application/geo+json", "Idempotency-Key": `"${once}"` };
  return asked(`${ITEMS}?${new URLSearchParams({ comment })}`, sent("POST", feature, headers));
}

/**
 * Replaces a record as long as nobody has changed it since; the status 412 says that somebody has.
 * @param {string} id @param {number} revision @param {object} feature @param {string} comment @returns {Promise<Answered>}
 */
export async function replaceRecord(id, revision, feature, comment) {
  const address = `${ITEMS}/${encodeURIComponent(id)}`;
  const now = await fetch(address, { headers: { Accept: "application/geo+json" } });
  const found = await now.json();
  if (found.properties?.revision !== revision) return { status: 412, answer: {} };
  const headers = { "Content-Type": "application/geo+json", "If-Match": now.headers.get("ETag") ?? "" };
  return asked(`${address}?${new URLSearchParams({ comment })}`, sent("PUT", feature, headers));
}

/** @param {Record<string, string>} known */
function query(known) {
  return new URLSearchParams({ ...known, lang: languageOf() });
}

/** @param {string} method @param {object} body @param {Record<string, string>} [headers] @returns {RequestInit} */
function sent(method, body, headers = {}) {
  const signed = /** @type {Record<string, string>} */ (token ? { "X-CSRF-Token": token } : {});
  return { method, headers: { "Content-Type": "application/json", ...signed, ...headers }, body: JSON.stringify(body) };
}

/** @param {string} address @param {RequestInit} [options] @returns {Promise<Answered>} */
async function asked(address, options = {}) {
  // The page's language, which the reader may have chosen against the browser's.
  const headers = { Accept: "application/json, application/geo+json, application/problem+json", "Accept-Language": languageOf(), ...options.headers };
  const response = await fetch(address, { ...options, headers });
  return { status: response.status, answer: await response.json().catch(() => ({})) };
}
