// How are dates, numbers and counts said?

/** @typedef {Pick<import("./snapshot.js").Row, "since" | "sinceBasis">} Dated */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `2024-03-26` as `26 Mar 2024`, `2024-03` as `Mar 2024`. @param {string | null | undefined} date */
export function dateText(date) {
  if (!date) return "";
  const [year, month, day] = date.split("-");
  const parts = [day && String(Number(day)), month && MONTHS[Number(month) - 1], year];
  return parts.filter(Boolean).join("\u00a0");
}

/** @param {number} value */
export function numberText(value) {
  return value.toLocaleString("en-GB", { maximumFractionDigits: 6 });
}

/** `1 project`, `2 projects`. @param {number} count @param {string} one @param {string} [many] */
export function plural(count, one, many = `${one}s`) {
  return `${numberText(count)}\u00a0${count === 1 ? one : many}`;
}

/** `a, b and c`. @param {string[]} words */
export function listText(words) {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}

/** What the date of a project's stage is, and the date: `by 12 Nov 2025`. @param {Dated} row */
export function sinceText({ since, sinceBasis }) {
  return since && sinceBasis ? `${sinceBasis.label} ${dateText(since)}` : "";
}
