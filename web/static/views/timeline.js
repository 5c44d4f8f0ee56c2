// When was which project in which stage? A lane each, on one axis.

import { axisOf, endOf, placeOf, stagesOf } from "./stages.js";
import { stageTexts } from "./comparison.js";
import { firstDay, lastDay } from "../base/asof.js";
import { bdi, el, svg } from "../base/dom.js";
import { dateText, say } from "../base/texts.js";
import { sinceText } from "../base/words.js";
import { statusIcon } from "../map/symbols.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("../base/row.js").Row} Row */
/** @typedef {import("./stages.js").Axis} Axis */
/** @typedef {import("./stages.js").Stage} Stage */

const LANE = 26; // pixels high

/** @param {Dataset} dataset told @param {Row[]} rows @returns {HTMLElement | null} null where no stage has a date */
export function timeline(dataset, rows) {
  const stages = rows.map(({ index }) => stagesOf(dataset, index));
  const expected = rows.map((row) => (dataset.now.there[row.index] ? expectedStart(row) : ""));
  const end = endOf(dataset);
  const axis = axisOf(stages, expected.filter(Boolean), end);
  if (axis === null) return null;
  const shown = [...new Map(stages.flat().map(({ status }) => [status.code, status])).values()];
  return el(
    "section",
    { class: "timeline" },
    el("h3", {}, say("compare.timeline")),
    ...rows.flatMap((row, i) => [
      el("p", { class: "timeline-name" }, bdi(row.name)),
      lane(axis, stages[i], expected[i], end, textOf(dataset, row, expected[i])),
    ]),
    years(axis),
    el("ul", { class: "timeline-key" }, ...shown.map((status) => el("li", {}, statusIcon(status), ` ${status.label}`))),
  );
}

/** Only a start that is still to come. @param {Row} row */
function expectedStart({ start }) {
  return start.actual || start.by ? "" : start.planned;
}

/** The lane in words. @param {Dataset} dataset @param {Row} row @param {string} expected */
function textOf(dataset, row, expected) {
  const said = stageTexts(dataset, row.index);
  if (expected) said.push(say("compare.expected", { date: dateText(expected) }));
  return say("compare.timeline_of", { name: row.name, stages: said.join("; ") });
}

/** @param {Axis} axis @param {Stage[]} stages @param {string} expected @param {number} end @param {string} text */
function lane(axis, stages, expected, end, text) {
  return svg(
    "svg",
    { class: "timeline-lane", role: "img", "aria-label": text, width: "100%", height: LANE },
    ...axis.years.map((year) => line(axis, firstDay(String(year)), "timeline-year")),
    ...stages.map((stage) => bar(axis, stage)),
    line(axis, end, "timeline-now"),
    ...(expected ? awaited(axis, expected, end) : []),
  );
}

/** @param {Axis} axis @param {Stage} stage */
function bar(axis, { status, since, basis, from, to }) {
  const left = placeOf(axis, from);
  const isThin = status.group === "ended" || status.group === "unknown";
  const said = say("compare.stage_since", { stage: status.label, since: sinceText({ since, sinceBasis: basis }) });
  return svg(
    "rect",
    {
      class: `timeline-stage group-${status.group}`,
      "data-status": status.code,
      x: percent(left),
      width: percent(placeOf(axis, to) - left),
      y: isThin ? LANE / 2 - 2 : 4,
      height: isThin ? 4 : LANE - 8,
    },
    svg("title", {}, said),
  );
}

/** A start that is only expected: a hollow mark, and a dashed line from now to it. @param {Axis} axis @param {string} date @param {number} end */
function awaited(axis, date, end) {
  const [from, to] = [end, lastDay(date)].map((day) => percent(placeOf(axis, day)));
  return [
    svg("line", { class: "timeline-plan", x1: from, x2: to, y1: LANE / 2, y2: LANE / 2 }),
    svg("circle", { class: "timeline-plan", cx: to, cy: LANE / 2, r: 5 }, svg("title", {}, say("compare.expected", { date: dateText(date) }))),
  ];
}

/** @param {Axis} axis @param {number} day @param {string} name */
function line(axis, day, name) {
  const x = percent(placeOf(axis, day));
  return svg("line", { class: name, x1: x, x2: x, y1: 0, y2: LANE });
}

/** @param {Axis} axis */
function years(axis) {
  const labels = axis.years.map((year) => {
    const at = placeOf(axis, firstDay(String(year)));
    const anchor = at < 0.04 ? "start" : at > 0.96 ? "end" : "middle";
    return svg("text", { x: percent(at), y: 14, "text-anchor": anchor }, String(year));
  });
  return svg("svg", { class: "timeline-years", "aria-hidden": "true", width: "100%", height: 18 }, ...labels);
}

/** @param {number} share */
function percent(share) {
  return `${(share * 100).toFixed(2)}%`;
}
