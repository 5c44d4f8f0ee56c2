// How is a selection taken away where there is no server? From the files of all records, in the browser.

import { ROOT } from "../base/root.js";

/** A file of all records. @typedef {{name: string, title: string}} WholeFile */
/** @typedef {"csv" | "geojson"} Form */

/** The forms of which a part can be taken out here. @type {readonly Form[]} */
export const PARTED = ["csv", "geojson"];
const TYPES = { csv: "text/csv;charset=utf-8", geojson: "application/geo+json" };
const FOLDER = `${ROOT}/data`;

/** @returns {Promise<WholeFile[]>} */
export async function wholeFiles() {
  return (await answered(`${FOLDER}/files.json`)).json();
}

/** @param {WholeFile} file */
export function addressOf(file) {
  return `${FOLDER}/${file.name}`;
}

/** Just these records, as one file. @param {Form} form @param {ReadonlySet<string>} ids @returns {Promise<Blob>} */
export async function selected(form, ids) {
  const whole = (await wholeFiles()).find(({ name }) => name.endsWith(`.${form}`));
  if (!whole) throw new Error(`there is no file of the form ${form}`);
  const text = await (await answered(addressOf(whole))).text();
  return new Blob([form === "csv" ? rowsOf(text, ids) : featuresOf(text, ids)], { type: TYPES[form] });
}

/** @param {string} text @param {ReadonlySet<string>} ids */
export function featuresOf(text, ids) {
  const { features } = JSON.parse(text);
  return JSON.stringify({ type: "FeatureCollection", features: features.filter((/** @type {{id: string}} */ { id }) => ids.has(id)) });
}

/** The heading and the rows of these records, whose ids stand in the first column. @param {string} text @param {ReadonlySet<string>} ids */
export function rowsOf(text, ids) {
  const [heading, ...rows] = text.replace(/^\ufeff/, "").match(ROW) ?? [];
  return ["\ufeff", heading, ...rows.filter((row) => ids.has(row.slice(0, row.indexOf(","))))].join("");
}

/** A row of CSV: in quotes a line break is one of its text (RFC 4180). */
const ROW = /(?:"(?:[^"]|"")*"|[^"\r\n])*\r?\n/g;

/** @param {string} address */
async function answered(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response;
}
