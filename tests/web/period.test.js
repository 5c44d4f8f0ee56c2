// Which period of changes is asked for, and how.

import assert from "node:assert/strict";
import { test } from "node:test";

import { EVERYTHING } from "../../web/static/find/choices.js";
import { addressOf, byMonth, dayAt, hostOf, isBackwards, periodOf, presets } from "../../web/static/views/period.js";

/** @param {object} [given] @returns {any} */
const choices = (given) => ({ ...EVERYTHING, ...given });

/** @param {string} address */
const asked = (address) => Object.fromEntries(new URL(address, "http://x").searchParams);

test("presets are periods that stay the same when the link is opened later", () => {
  const periods = Object.fromEntries(presets(new Date("2026-01-15T12:00:00Z")).map(({ name, period }) => [name, Object.values(period).join("/")]));
  assert.deepEqual(periods, { days_30: "2025-12-16/", this_year: "2026/2026", last_year: "2025/2025", all: "/" });
});

test("what is no date in the address is no end of the period", () => {
  assert.deepEqual(periodOf({ from: "2025-03", to: "<script>" }), { from: "2025-03", to: "" });
});

test("a date of reduced precision begins with its first day and ends with its last", () => {
  assert.deepEqual(["2024", "2024-02", "2024-02-03", ""].map((date) => dayAt(date, "start")), ["2024-01-01", "2024-02-01", "2024-02-03", ""]);
  assert.deepEqual(["2024", "2024-02", "2024-02-03", ""].map((date) => dayAt(date, "end")), ["2024-12-31", "2024-02-29", "2024-02-03", ""]);
  assert.ok(isBackwards({ from: "2025", to: "2024" }) && !isBackwards({ from: "2024-05", to: "2024" }));
});

test("events are asked for with the same filters; none after the date that is shown has happened", () => {
  const shown = choices({ country: new Set(["BO"]), as_of: "2024-06", view: { from: "2023", to: "2025" } });
  assert.deepEqual(asked(addressOf(shown, {}, false)), { country: "BO", as_of: "2024-06", expected: "false", from: "2023", to: "2024-06" });
  assert.equal(asked(addressOf(shown, {}, true)).to, "2025");
  assert.equal(asked(addressOf(choices({ view: { to: "2023" }, as_of: "2024" }), {}, false, "csv")).to, "2023");
});

test("events stand by month, or by year where they name no month", () => {
  const events = ["2025-03-02", "2025-03", "2025", "2024-12-01"].map((date) => ({ date }));
  const groups = byMonth(/** @type {any} */ (events));
  assert.deepEqual(groups.map(({ month, events: of }) => `${month}: ${of.length}`), ["2025-03: 2", "2025: 1", "2024-12: 1"]);
});

test("only addresses of the web have a host to show", () => {
  assert.equal(hostOf("https://user@www.catl.com:8443/news"), "www.catl.com:8443");
  for (const address of ["javascript:alert(1)", "data:text/html,x", "//example.org", "", null, "mailto:a@b.c"]) assert.equal(hostOf(address), null);
});
