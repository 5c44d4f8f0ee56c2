// How does a page that is a file of its own read its data? From what it carries, packed; it asks nobody.

import { articleOf } from "./source.js";

/** @typedef {import("./source.js").Source} Source */

/** @returns {Source} */
export function embedded() {
  /** @type {Map<number, Promise<Record<string, string>>>} */
  const read = new Map();
  const places = JSON.parse(textOf("saved-places"));
  return {
    columns: (part) => unpacked(`saved-${part}`),
    world: () => unpacked("saved-world"),
    near: null,
    async record(id) {
      const at = Object.hasOwn(places, id) ? places[id] : null;
      if (at === null) return { article: null, isRecord: false, status: 404 };
      if (!read.has(at)) read.set(at, json(`saved-records-${at}`));
      const html = (await /** @type {Promise<Record<string, string>>} */ (read.get(at)))[id];
      return { article: withoutServer(articleOf(html), places), isRecord: true, status: 200 };
    },
  };
}

/** @param {string} id @returns {Promise<any>} */
async function json(id) {
  return JSON.parse(new TextDecoder().decode(await unpacked(id)));
}

/** What an element holds: bytes, packed with gzip, in Base64. @param {string} id @returns {Promise<ArrayBuffer>} */
async function unpacked(id) {
  const packed = Uint8Array.from(atob(textOf(id)), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

/** @param {string} id */
function textOf(id) {
  return document.getElementById(id)?.textContent ?? "";
}

/**
 * An article whose links lead to records of this file and to the web; those to a server's pages are gone, their words
 * stay. @param {Element | null} article @param {Record<string, number>} places of the records that the file holds
 */
function withoutServer(article, places) {
  for (const away of article?.querySelectorAll(".actions") ?? []) away.remove();
  for (const link of article?.querySelectorAll("a[href^='/'], a[href^='?']") ?? []) {
    const id = link.getAttribute("data-open");
    if (id !== null && Object.hasOwn(places, id)) link.setAttribute("href", `#?rec=${encodeURIComponent(id)}`);
    else link.replaceWith(...link.childNodes);
  }
  return article;
}
