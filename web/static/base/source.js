// Where do the page's data come from? This server, or the page itself where it is a file of its own.

import { IS_PUBLISHED } from "./root.js";
import { languageOf } from "./texts.js";

/**
 * Reads one thing by name: `drawn` and `told` as columns, the world's countries, a record as its article.
 * @typedef {object} Source
 * @property {(part: "drawn" | "told") => Promise<ArrayBuffer>} columns
 * @property {(isAfar: boolean) => Promise<ArrayBuffer>} world in all detail, or what is seen of it from afar
 * @property {{land: string, towns: string, layers: string} | null} near what there is of the ground from near, on a server
 * @property {(id: string, signal: AbortSignal) => Promise<{article: Element | null, isRecord: boolean, status: number}>} record
 */
/**
 * Addresses on this server, or of files.
 * @typedef {{drawn: string, told: string, world: string, afar: string, near: {land: string, towns: string, layers: string}, pages: string}} Addresses
 */

/** @param {Addresses} addresses @returns {Source} */
export function served({ pages, ...addresses }) {
  return {
    columns: (part) => columnsAt(addresses[part]),
    world: (isAfar) => columnsAt(isAfar ? addresses.afar : addresses.world),
    near: addresses.near,
    async record(id, signal) {
      const asked = IS_PUBLISHED ? "/body.html" : `?part=body&lang=${languageOf()}`;
      const answer = await fetch(`${pages}/${encodeURIComponent(id)}${asked}`, { signal });
      return { article: resolved(articleOf(await answer.text()), answer.url), isRecord: answer.ok, status: answer.status };
    },
  };
}

/** An article whose relative addresses are those of where it came from. @param {Element | null} article @param {string} base */
function resolved(article, base) {
  for (const link of article?.querySelectorAll("a[href^='.']") ?? [])
    link.setAttribute("href", new URL(link.getAttribute("href") ?? "", base).href);
  return article;
}

/** @param {string} address */
export async function columnsAt(address) {
  return unpacked(await (await answered(address)).arrayBuffer());
}

/** What was packed by gzip, as files are; columns of a server never begin so. @param {ArrayBuffer} body */
async function unpacked(body) {
  const [first, second] = new Uint8Array(body, 0, Math.min(2, body.byteLength));
  if (first !== 0x1f || second !== 0x8b) return body;
  return new Response(new Blob([body]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
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
