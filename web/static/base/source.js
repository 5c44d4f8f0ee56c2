// Where do the page's data come from? This server, or the page itself where it is a file of its own.

import { languageOf } from "./texts.js";

/**
 * Reads one thing by name: `drawn` and `told` as columns, the world's countries, a record as its article.
 * @typedef {object} Source
 * @property {(part: "drawn" | "told") => Promise<ArrayBuffer>} columns
 * @property {(isAfar: boolean) => Promise<ArrayBuffer>} world in all detail, or what is seen of it from afar
 * @property {{land: string, towns: string, layers: string} | null} near what there is of the ground from near, on a server
 * @property {(id: string, signal: AbortSignal) => Promise<{article: Element | null, isRecord: boolean, status: number}>} record
 */
/** Addresses on this server. @typedef {{snapshot: string, ground: string, pages: string}} Addresses */

/** @param {Addresses} addresses @returns {Source} */
export function served({ snapshot, ground, pages }) {
  return {
    columns: (part) => columnsAt(`${snapshot}/${part}`),
    world: (isAfar) => columnsAt(isAfar ? `${ground}/world/afar` : `${ground}/world`),
    near: { land: `${ground}/land`, towns: `${ground}/towns`, layers: `${ground}/layers` },
    async record(id, signal) {
      const answer = await fetch(`${pages}/${encodeURIComponent(id)}?part=body&lang=${languageOf()}`, { signal });
      return { article: articleOf(await answer.text()), isRecord: answer.ok, status: answer.status };
    },
  };
}

/** @param {string} address */
export async function columnsAt(address) {
  return (await answered(address)).arrayBuffer();
}

/** @param {string} address */
async function answered(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response;
}

/** A parsed document runs nothing, and the template has escaped what it holds. @param {string} html */
export function articleOf(html) {
  return new DOMParser().parseFromString(html, "text/html").querySelector("article");
}
