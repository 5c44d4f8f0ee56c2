// When did projects start, beside when they had said they would?

import { scaleLinear } from "d3-scale";
import { el, bdi, svg } from "../base/dom.js";
import { dateText, say } from "../base/texts.js";
import { firstDay, lastDay, shownDay } from "../base/asof.js";
import { line, yearAxis } from "./axes.js";
import { drawing } from "./figure.js";
import { planReader } from "./plans.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/**
 * A project with a plan and a start; `isStart` is false where only a date is known by which it operated. `late` is the days
 * from the end of what was planned to the first day that the start can mean, negative where it came before, 0 within it.
 * @typedef {{index: number, plan: string, latest: string, start: string, isStart: boolean, late: number}} Started
 */

const DAY = 86_400_000;
const MONTH = 30.44; // days
const MOST_DOTS = 2000;
const HEIGHT = 380;

/** @param {Dataset} dataset told @param {Uint32Array} rows @returns {Started[]} */
export function startedOf(dataset, rows) {
  const { dates } = dataset.told;
  const plansOf = planReader(dataset);
  const found = [];
  for (const index of rows) {
    const { first, latest, actual, by } = plansOf(index);
    if (first === 0 || (actual || by) === 0) continue;
    const [plan, start] = [dates[first], dates[actual || by]];
    found.push({ index, plan, latest: dates[latest], start, isStart: actual > 0, late: daysLate(plan, start) });
  }
  return found;
}

/** @param {string} plan @param {string} start */
export function daysLate(plan, start) {
  if (firstDay(start) > lastDay(plan)) return firstDay(start) - lastDay(plan);
  return Math.min(0, lastDay(start) - firstDay(plan));
}

/** How many projects have a newest plan that is over, and no known start. @param {Dataset} dataset @param {Uint32Array} rows */
export function overdue(dataset, rows) {
  const { told, now } = dataset;
  const { planned, actual, by } = told.steps;
  const isOver = told.dates.map((date) => date !== "" && lastDay(date) < shownDay(now));
  const isOpen = dataset.codes.status_group.map((group) => group === "planned" || group === "building");
  let count = 0;
  for (const i of rows) {
    const step = now.step ? now.step[i] : 0;
    if (isOver[planned[step]] && !actual[step] && !by[step] && isOpen[dataset.groupOfStatus[now.status[i]]]) count += 1;
  }
  return count;
}

/**
 * @param {Dataset} dataset @param {Uint32Array} rows @param {(index: number) => void} open
 * @returns {import("./figure.js").Picture}
 */
export function startsPicture(dataset, rows, open) {
  const found = startedOf(dataset, rows);
  const known = found.filter(({ isStart }) => isStart);
  const late = known.filter(({ late: days }) => days > 0);
  const title =
    known.length === 0
      ? say("charts.starts_none")
      : say("charts.starts_title", { late: late.length, count: known.length });
  return {
    title,
    draw:
      found.length === 0
        ? null
        : (width) => draw(title, found.slice(0, MOST_DOTS), dataset, open, Math.min(width, 720)),
    notes: notesOf(known, late, found, overdue(dataset, rows)),
    tables: found.length === 0 ? [] : [{ summary: say("charts.as_table"), make: () => tableOf(dataset, found, open) }],
  };
}

/** @param {Started[]} known @param {Started[]} late @param {Started[]} found @param {number} open */
function notesOf(known, late, found, open) {
  const months = late.map(({ late: days }) => days / MONTH).sort((a, b) => a - b);
  const rest = found.length - known.length;
  const early = known.filter(({ late: days }) => days < 0).length;
  const inTime = known.length - late.length - early;
  return [
    known.length > 0 ? say("charts.starts_spread", { early, in_time: inTime, late: late.length }) : "",
    months.length > 0
      ? say("charts.starts_months", { middle: median(months), most: Math.round(months[months.length - 1]) })
      : "",
    rest > 0 ? say("charts.starts_by", { count: rest }) : "",
    open > 0 ? say("charts.starts_overdue", { count: open }) : "",
    found.length > MOST_DOTS ? say("charts.starts_most", { count: MOST_DOTS }) : "",
  ];
}

/** @param {number[]} sorted */
function median(sorted) {
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return Math.round((low + high) / 2);
}

/** @param {Dataset} dataset @param {Started[]} found @param {(index: number) => void} open */
function tableOf(dataset, found, open) {
  const heads = ["project", "first_plan", "latest_plan", "start"].map((name) => say(`charts.${name}`));
  const rows = found.slice(0, MOST_DOTS).map(({ index, plan, latest, start, isStart }) => {
    const name = el(
      "button",
      { type: "button", class: "link", onclick: () => open(index) },
      bdi(dataset.row(index).name),
    );
    return [name, dateText(plan), dateText(latest), startText(start, isStart)];
  });
  return { heads, rows };
}

/** @param {string} start @param {boolean} isStart */
function startText(start, isStart) {
  return isStart ? dateText(start) : say("charts.by", { date: dateText(start) });
}

/** The middle of a date as a year. @param {string} date */
function yearOf(date) {
  return 1970 + ((firstDay(date) + lastDay(date) + 1) / 2) * (DAY / 31_556_952_000);
}

/** @param {string} title @param {Started[]} found @param {Dataset} dataset @param {(index: number) => void} open @param {number} width */
function draw(title, found, dataset, open, width) {
  const years = found.flatMap(({ plan, start }) => [yearOf(plan), yearOf(start)]);
  const span = [Math.floor(Math.min(...years)), Math.ceil(Math.max(...years))];
  const frame = { left: 48, right: width - 20, top: 30, bottom: HEIGHT - 50 };
  const x = scaleLinear(span, [frame.left, frame.right]);
  const y = scaleLinear(span, [frame.bottom, frame.top]);
  const rows = y.ticks(7).filter(Number.isInteger);
  return drawing(
    title,
    width,
    HEIGHT,
    svg(
      "g",
      { class: "axis" },
      ...rows.map((year) => line(frame.left, y(year), frame.right, y(year))),
      ...rows.map((year) => svg("text", { x: frame.left - 6, y: y(year) + 4, "text-anchor": "end" }, String(year))),
      svg("text", { x: 0, y: 14 }, say("charts.start")),
      svg("text", { x: frame.right, y: HEIGHT - 8, "text-anchor": "end" }, say("charts.first_plan")),
    ),
    yearAxis(x, frame),
    svg("line", { class: "on-time", x1: x(span[0]), y1: y(span[0]), x2: x(span[1]), y2: y(span[1]) }),
    svg("text", { class: "side", x: frame.left + 10, y: frame.top + 14 }, say("charts.later")),
    svg(
      "text",
      { class: "side", x: frame.right - 8, y: frame.bottom - 10, "text-anchor": "end" },
      say("charts.earlier"),
    ),
    ...found.map((each) => dot(each, dataset, open, x(yearOf(each.plan)), y(yearOf(each.start)))),
  );
}

/** Filled where the start is known, hollow where it is a date by which it operated. @param {Started} started @param {Dataset} dataset @param {(index: number) => void} open @param {number} cx @param {number} cy */
function dot({ index, plan, start, isStart }, dataset, open, cx, cy) {
  const title = say("charts.dot", {
    name: dataset.row(index).name,
    plan: dateText(plan),
    start: startText(start, isStart),
  });
  return svg(
    "circle",
    {
      cx,
      cy,
      r: 5.5,
      class: isStart ? "dot" : "dot dot-by",
      "data-id": dataset.row(index).id,
      onclick: () => open(index),
    },
    svg("title", {}, title),
  );
}
