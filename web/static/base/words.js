// How are dates, numbers and counts said?

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

/** The last day of the period that a date names, or a little later. @param {string} date */
export function lastDay(date) {
  return `${date}${"-12-31".slice(date.length === 4 ? 0 : 3)}`.slice(0, 10);
}

/** What to sort a date of reduced precision by: the first day of its period. @param {string} date */
export function firstDay(date) {
  return `${date}-01-01`.slice(0, 10);
}
