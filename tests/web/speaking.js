// The texts of rooms as the pages carry them, for modules that speak.

import { readFileSync } from "node:fs";

import { setTexts } from "../../web/static/base/texts.js";

/** Our TOML has one text a line, and tables of plural forms. @param {string} code @param {string} room */
function textsOf(code, room) {
  /** @type {Record<string, any>} */
  const texts = {};
  let table = "";
  for (const line of readFileSync(new URL(`../../web/texts/${code}/${room}.toml`, import.meta.url), "utf8").split("\n")) {
    table = /^\[(\w+)\]$/.exec(line)?.[1] ?? table;
    const [, name, text] = /^(\w+) = (".*")$/.exec(line) ?? [];
    if (!name) continue;
    if (table) texts[`${room}.${table}`] = { ...texts[`${room}.${table}`], [name]: JSON.parse(text) };
    else texts[`${room}.${name}`] = JSON.parse(text);
  }
  return texts;
}

/** @param {string} code @param {...string} rooms */
export function speak(code, ...rooms) {
  setTexts(Object.assign({}, ...rooms.map((room) => textsOf(code, room))), code);
}
