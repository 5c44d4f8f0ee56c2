// How did things stand on a day? For every row, the last of its steps that had been reached.

/** @typedef {import("./dataset.js").Dataset} Dataset */
/**
 * Each row's steps, oldest first: those of row i are at `starts[i]` to `starts[i + 1] - 1`. Days count from 1970; dates are
 * positions in `dates`; NONE stands for no measure and no basis, NaN for no capacity.
 * @typedef {object} Steps
 * @property {Uint32Array} starts
 * @property {Int32Array} day from which on the step holds
 * @property {Uint8Array} status
 * @property {Uint8Array} sinceBasis what the date `since` is
 * @property {Uint16Array} since
 * @property {Uint16Array} newest source for the status
 * @property {Int32Array} staleFrom the day from which on the status counts as not confirmed
 * @property {Uint16Array} planned start
 * @property {Uint16Array} actual start
 * @property {Uint16Array} by this date it operated
 * @property {Float32Array} capacity
 * @property {Uint8Array} measure
 * @property {Uint8Array} capacityBasis
 */
/**
 * The state on a day. `step` says which step of `Steps` each row has reached; null before steps are there.
 * @typedef {object} Now
 * @property {string | null} date null for all that is known
 * @property {Uint8Array} there 0 for a row of which nothing had happened yet
 * @property {Uint8Array} status
 * @property {Float32Array} capacity
 * @property {Uint8Array} measure
 * @property {Uint8Array} capacityBasis
 * @property {Uint32Array | null} step
 */

export const NONE = 255;
const DAY = 86_400_000; // milliseconds

/** The last day of a date of reduced precision, in days from 1970. @param {string} date */
export function lastDay(date) {
  const [year, month, day] = date.split("-").map(Number);
  if (day) return Date.UTC(year, month - 1, day) / DAY;
  return Date.UTC(month ? year : year + 1, month ?? 0, 1) / DAY - 1;
}

/** A day, in days from 1970, as `YYYY-MM-DD`. @param {number} day */
export function isoDate(day) {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/** The first day of a date of reduced precision, in days from 1970. @param {string} date */
export function firstDay(date) {
  const [year, month, day] = date.split("-").map(Number);
  return Date.UTC(year, (month || 1) - 1, day || 1) / DAY;
}

/** Today in UTC, in days from 1970. */
export function today() {
  return Math.floor(Date.now() / DAY);
}

/** The day whose state is shown, in days from 1970. @param {{date: string | null}} now */
export function shownDay({ date }) {
  return date === null ? today() : lastDay(date);
}

/** @param {Dataset} dataset told @param {string | null} date @returns {Now} */
export function stateOn(dataset, date) {
  const { begins, steps } = dataset.told;
  const { size } = dataset;
  const day = date === null ? Infinity : lastDay(date);
  const now = {
    date,
    there: new Uint8Array(size),
    status: new Uint8Array(size),
    capacity: new Float32Array(size),
    measure: new Uint8Array(size),
    capacityBasis: new Uint8Array(size),
    step: new Uint32Array(size),
  };
  const unknown = dataset.codes.status.indexOf("unknown");
  for (let i = 0; i < size; i += 1) {
    const first = steps.starts[i];
    let at = steps.starts[i + 1] - 1;
    while (at > first && steps.day[at] > day) at -= 1;
    now.there[i] = Number(begins[i] <= day);
    now.step[i] = at;
    const isTold = steps.day[at] <= day;
    now.status[i] = isTold ? steps.status[at] : unknown;
    now.capacity[i] = isTold ? steps.capacity[at] : NaN;
    now.measure[i] = isTold ? steps.measure[at] : NONE;
    now.capacityBasis[i] = isTold ? steps.capacityBasis[at] : NONE;
  }
  return now;
}
