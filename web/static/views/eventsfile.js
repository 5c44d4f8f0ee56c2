// Which events are asked for where there is no server? All of them lie in one file, which is read once.

import { dayAt, EVENTS } from "./period.js";
import { columnsAt } from "../base/source.js";

/** @typedef {import("./period.js").Event} Event */
/** @typedef {{happened: Event[], expected: Event[]}} AllEvents */

const TOGETHER = 100;
/** @type {Promise<AllEvents> | null} */
let all = null;

/**
 * A page of what an address asks for, of these records, as a server answers it.
 * @param {string} address @param {ReadonlySet<string>} ids @returns {Promise<import("./events.js").Page>}
 */
export async function pageOfFile(address, ids) {
  all ??= read();
  all.catch(() => (all = null)); // asked again the next time
  const asked = new URLSearchParams(address.slice(address.indexOf("?")));
  const found = chosen(await all, asked, ids);
  const start = Number(asked.get("after") ?? 0);
  const isLast = start + TOGETHER >= found.length;
  asked.set("after", String(start + TOGETHER));
  return { events: found.slice(start, start + TOGETHER), next: isLast ? null : `${EVENTS}?${asked}`, count: found.length };
}

/** An event counts where its date, a year perhaps, meets the period. @param {AllEvents} events @param {URLSearchParams} asked @param {ReadonlySet<string>} ids */
export function chosen({ happened, expected }, asked, ids) {
  const first = dayAt(asked.get("from") ?? "", "start");
  const last = dayAt(asked.get("to") ?? "", "end");
  return (asked.get("expected") === "true" ? expected : happened).filter(
    ({ record_id, date }) => ids.has(record_id) && (!first || dayAt(date, "end") >= first) && (!last || dayAt(date, "start") <= last),
  );
}

/** @returns {Promise<AllEvents>} */
async function read() {
  return JSON.parse(new TextDecoder().decode(await columnsAt(EVENTS)));
}
