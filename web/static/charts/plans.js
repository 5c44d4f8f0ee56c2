// What had been planned for a project's start before it came?

import { lastDay } from "../base/asof.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/**
 * Positions in `told.dates`, 0 for none: the first planned start that was told and the newest, the start itself, and the
 * first date by which it operated. Plans that were first told after it ran, of an extension say, are none for its start.
 * @typedef {{first: number, latest: number, actual: number, by: number}} Plans
 */

/** @param {Dataset} dataset told @returns {(i: number) => Plans} reads rows by their columns */
export function planReader({ told, now }) {
  const { steps, plans, dates } = told;
  const ends = Int32Array.from(dates, (date) => (date === "" ? 0 : lastDay(date)));
  return (i) => {
    const step = now.step ? now.step[i] : 0;
    const [actual, by] = [steps.actual[step], steps.by[step]];
    const ran = actual || by;
    const end = ran === 0 ? Infinity : ends[ran];
    let latest = 0;
    for (let at = steps.starts[i]; at <= step && steps.day[at] <= end; at += 1) latest = steps.planned[at];
    return { first: latest === 0 ? 0 : plans.values[plans.starts[i]], latest, actual, by };
  };
}
