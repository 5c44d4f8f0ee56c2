// How did things stand in another month? A slider with the stages drawn behind it, what is expected apart, and play.

import { el, fill, svg } from "../base/dom.js";
import { dateText, say } from "../base/texts.js";
import { expectedStarts, monthsBetween, series } from "./months.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("../find/state.js").State} State */

const EARLIEST = "2010-01";
const STEP = 160; // milliseconds a month while playing
const HEIGHT = 36;
const ORDER = ["ended", "paused", "operating", "building", "planned"]; // from the bottom
const MOST_YEARS = 8; // of what is expected

/**
 * @param {Element} root @param {Dataset} dataset told @param {State} state
 * @param {() => Uint32Array} rows of the selection at any stage
 * @returns {() => void}
 */
export function slider(root, dataset, state, rows) {
  const last = new Date().toISOString().slice(0, 7);
  const months = monthsBetween(EARLIEST, last);
  const input = el("input", {
    type: "range",
    id: "month",
    min: 0,
    max: months.length - 1,
    step: 1,
    "aria-label": say("time.month"),
    oninput: () => choose(Number(input.value)),
  });
  const output = el("output", { id: "month-shown", for: "month" });
  const play = el("button", { type: "button", id: "play", onclick: () => (timer ? stop() : start()) });
  const now = el("button", { type: "button", id: "time-now", class: "link", onclick: () => choose(months.length - 1) }, say("time.now"));
  const picture = el("div", { class: "months", "aria-hidden": "true" });
  const expected = el("div", { class: "expected" });
  fill(
    root,
    play,
    el("div", { class: "axis" }, picture, input, el("div", { class: "years", "aria-hidden": "true" }, ...yearMarks(months))),
    expected,
    el("div", { class: "shown" }, output, now),
  );
  let timer = 0;
  let drawnFor = "";

  /** @param {number} at */
  function choose(at) {
    state.change({ as_of: at >= months.length - 1 ? null : months[at] }, "replace");
  }

  function start() {
    const at = position();
    if (at >= months.length - 1) choose(0);
    timer = window.setInterval(() => (position() >= months.length - 1 ? stop() : choose(position() + 1)), STEP);
    label();
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    label();
  }

  function position() {
    const { as_of: date } = state.choices;
    const at = date === null ? months.length - 1 : months.indexOf(date.slice(0, 7).padEnd(7, "-12"));
    return at < 0 ? (String(date) < EARLIEST ? 0 : months.length - 1) : at;
  }

  function label() {
    play.textContent = timer ? "❚❚" : "▶";
    play.setAttribute("aria-label", say(timer ? "time.pause" : "time.play"));
  }

  function draw() {
    const selected = rows();
    const key = `${selected.length} ${selected[0]} ${selected[selected.length - 1]} ${dataset.version}`;
    if (key === drawnFor) return;
    drawnFor = key;
    fill(picture, stack(dataset, series(dataset, selected, EARLIEST, last).counts));
    fill(expected, ...expectedBars(expectedStarts(dataset, selected, Number(last.slice(0, 4)))));
  }

  label();
  return () => {
    input.value = String(position());
    const { as_of: date } = state.choices;
    const text = date === null ? say("time.today") : dateText(date);
    output.textContent = text;
    input.setAttribute("aria-valuetext", text);
    now.hidden = date === null;
    root.classList.toggle("past", date !== null);
    draw();
  };
}

/** A mark every other year. @param {string[]} months */
function yearMarks(months) {
  return months.flatMap((month, i) => {
    const year = Number(month.slice(0, 4));
    if (!month.endsWith("-01") || year % 2 !== 0) return [];
    return [el("span", { style: `inset-inline-start:${(100 * i) / (months.length - 1)}%` }, String(year))];
  });
}

/** @param {Dataset} dataset @param {Uint32Array[]} counts by group */
function stack(dataset, counts) {
  const shown = ORDER.map((code) => ({ code, count: counts[dataset.codes.status_group.indexOf(code)] }));
  const { length } = counts[0];
  const base = new Float64Array(length);
  let most = 1;
  for (let i = 0; i < length; i += 1) most = Math.max(most, shown.reduce((sum, { count }) => sum + count[i], 0));
  const areas = shown.map(({ code, count }) => {
    const under = Array.from(base, (value, i) => `${i},${(HEIGHT * (1 - value / most)).toFixed(2)}`);
    for (let i = 0; i < length; i += 1) base[i] += count[i];
    const over = Array.from(base, (value, i) => `${i},${(HEIGHT * (1 - value / most)).toFixed(2)}`);
    return svg("polygon", { class: `area-${code}`, points: [...over, ...under.reverse()].join(" ") });
  });
  return svg("svg", { viewBox: `0 0 ${length - 1} ${HEIGHT}`, preserveAspectRatio: "none" }, ...areas);
}

/** What owners expect is no history: it stands apart, with its own words. @param {Map<number, number>} starts by year */
function expectedBars(starts) {
  const years = [...starts.keys()].sort((a, b) => a - b).slice(0, MOST_YEARS);
  if (years.length === 0) return [];
  const most = Math.max(...years.map((year) => starts.get(year) ?? 0));
  const bars = years.map((year) => {
    const count = starts.get(year) ?? 0;
    const text = say("time.expected_in", { count, year: String(year) });
    return el(
      "span",
      { class: "year", role: "img", "aria-label": text, title: text },
      el("span", { class: "rise", style: `height:${(HEIGHT * count) / most}px` }),
      el("span", { class: "name" }, String(year).slice(2)),
    );
  });
  return [el("span", { class: "title" }, say("time.expected")), el("span", { class: "bars" }, ...bars)];
}
