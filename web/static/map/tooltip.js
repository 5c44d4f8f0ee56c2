// What is under the pointer?

import { bdi, el, fill } from "../base/dom.js";
import { listText, say } from "../base/texts.js";
import { sinceText } from "../base/words.js";
import { GROUPS } from "./looks.js";
import { groupIcon } from "./symbols.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("./layer.js").Found} Found */
/** @typedef {{x: number, y: number}} At */

const MOST_LINES = 5;

/** @param {HTMLElement} root the element that the map fills @param {Dataset} dataset */
export function tooltip(root, dataset) {
  const box = el("div", { class: "tooltip", id: "tooltip", role: "tooltip", hidden: true });
  root.append(box);
  return {
    /** @param {Found} found @param {At} at */
    show(found, at) {
      fill(box, ...linesOf(dataset, found));
      box.hidden = false;
      const left = Math.min(at.x + 14, root.clientWidth - box.offsetWidth - 8);
      const top = at.y + 18 + box.offsetHeight > root.clientHeight ? at.y - box.offsetHeight - 10 : at.y + 18;
      box.style.transform = `translate(${Math.max(8, left)}px, ${top}px)`;
    },
    hide() {
      box.hidden = true;
    },
  };
}

/** @param {Dataset} dataset @param {Found} found */
function linesOf(dataset, found) {
  if (found.kind === "cluster") return [crowd(dataset, found.rows), quiet("map.tip_zoom")];
  if (found.kind === "country") return [country(dataset, found), ...rows(dataset, found.rows)];
  return rows(dataset, found.rows);
}

/** What is in a crowd: `12 projects: 5 operating, 4 being built and 3 planned`. @param {Dataset} dataset @param {number[]} rows */
function crowd(dataset, rows) {
  const counts = countsOf(dataset, rows).map(([group, count]) => say(`map.count_${group}`, { count }));
  const icons = countsOf(dataset, rows).map(([code]) => groupIcon({ code }));
  const text = say("map.tip_cluster", { count: rows.length, groups: listText(counts) });
  return el("div", { class: "tip-crowd" }, el("span", { class: "tip-icons" }, ...icons), text);
}

/** Groups that occur, in the order of rings. @param {Dataset} dataset @param {number[]} rows @returns {[string, number][]} */
export function countsOf({ codes, groupOfStatus, now }, rows) {
  const counts = codes.status_group.map(() => 0);
  for (const row of rows) counts[groupOfStatus[now.status[row]]] += 1;
  const found = GROUPS.map((group) => /** @type {[string, number]} */ ([group, counts[codes.status_group.indexOf(group)] ?? 0]));
  return found.filter(([, count]) => count > 0);
}

/** @param {Dataset} dataset @param {{iso: string, rows: number[]}} found */
function country(dataset, { iso, rows }) {
  return el("div", {}, say("map.tip_country", { count: rows.length, country: dataset.countryName(iso) }));
}

/** @param {Dataset} dataset @param {number[]} found */
function rows(dataset, found) {
  const more = found.length - MOST_LINES;
  const lines = found.slice(0, MOST_LINES).map((index) => line(dataset, index));
  return [...lines, more > 0 && quiet("map.tip_more", { count: more })];
}

/** @param {string} key @param {import("../base/texts.js").Values} [values] */
function quiet(key, values) {
  return el("div", { class: "quiet" }, say(key, values));
}

/** Before names are there, a project is its kind. @param {Dataset} dataset @param {number} index */
function line(dataset, index) {
  const row = dataset.row(index);
  const { label } = row.status;
  if (!dataset.isTold) return el("div", {}, say("map.tip_untold", { kind: row.kind.label, stage: label }));
  return el("div", {}, el("strong", {}, bdi(row.name)), ` ${[label, sinceText(row)].filter(Boolean).join(" · ")}`);
}
