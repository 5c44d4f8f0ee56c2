// What happened in a period, to the projects that the filters show?

import { EventList } from "./events.js";
import { addressOf, dayAt, isBackwards, periodOf, presets } from "./period.js";
import { el, fill } from "../base/dom.js";
import { IS_PUBLISHED } from "../base/root.js";
import { dateText, say } from "../base/texts.js";

/** @typedef {import("./context.js").Context} Context */
/** @typedef {import("./period.js").Period} Period */

/** @param {HTMLElement} root @param {Context} context @returns {import("./context.js").View} */
export function changesView(root, context) {
  const { dataset, state, known } = context;
  /** Of the records that are meant, for which no server can be asked. @type {ReadonlySet<string>} */
  let ids = new Set();
  const choosing = period(state);
  const until = el("p", { class: "quiet" });
  const csv = el("a", { download: "" }, say("changes.csv"));
  const happened = new EventList(context, { none: say("changes.none"), id: "changes-happened" });
  const expected = new EventList(context, { none: say("changes.none_expected"), id: "changes-expected" });
  const later = el(
    "details",
    { class: "changes-later", ontoggle: () => askForExpected() },
    el("summary", {}, say("changes.expected_title")),
    el("p", { class: "quiet" }, say("changes.expected_what")),
    expected.root,
  );
  fill(
    root,
    el("h2", { tabindex: -1 }, say("changes.title")),
    el("p", { class: "quiet" }, say("changes.what")),
    choosing.root,
    until,
    happened.root,
    IS_PUBLISHED ? null : el("p", {}, csv),
    later,
  );
  root.classList.add("changes");
  return { update };

  /** @param {import("../find/select.js").Selection} selection */
  function update({ rows }) {
    const { choices } = state;
    if (IS_PUBLISHED) ids = new Set(Array.from(rows, (row) => dataset.told.ids[row]));
    choosing.update();
    until.textContent = choices.as_of ? say("changes.until", { date: dateText(choices.as_of) }) : "";
    until.hidden = !choices.as_of;
    if (!IS_PUBLISHED) csv.href = addressOf(choices, known.groups, false, "csv");
    if (isBackwards(periodOf(choices.view))) return;
    happened.ask(addressOf(choices, known.groups, false), ids);
    askForExpected();
  }

  function askForExpected() {
    if (later.open) expected.ask(addressOf(state.choices, known.groups, true), ids);
  }
}

/** @param {import("../find/state.js").State} state */
function period(state) {
  const known = presets(new Date());
  const buttons = known.map(({ name, period }) =>
    el("button", { type: "button", "data-preset": name, onclick: () => keep(period) }, say(`changes.${name}`)),
  );
  const from = dateField("from", "start");
  const to = dateField("to", "end");
  const wrong = el("p", { class: "warning", role: "status" }, say("changes.wrong_order"));
  const root = el(
    "div",
    { class: "changes-period" },
    el("div", { role: "group", "aria-label": say("changes.period"), class: "changes-presets" }, ...buttons),
    el("label", {}, say("changes.from"), from),
    el("label", {}, say("changes.to"), to),
    wrong,
  );
  return { root, update };

  /** @param {Period} chosen */
  function keep(chosen) {
    const { from: _from, to: _to, ...others } = state.choices.view;
    const ends = Object.fromEntries(Object.entries(chosen).filter(([, date]) => date));
    state.change({ view: { ...others, ...ends } });
  }

  /** @param {"from" | "to"} name @param {"start" | "end"} end */
  function dateField(name, end) {
    const field = el("input", { type: "date", name: `changes-${name}`, onchange: () => changed() });
    const changed = () => {
      if (field.value !== dayAt(periodOf(state.choices.view)[name], end)) state.keep(name, field.value, "push");
    };
    return field;
  }

  function update() {
    const now = periodOf(state.choices.view);
    known.forEach((each, i) => buttons[i].setAttribute("aria-pressed", String(isSame(each.period, now))));
    if (document.activeElement !== from) from.value = dayAt(now.from, "start");
    if (document.activeElement !== to) to.value = dayAt(now.to, "end");
    wrong.hidden = !isBackwards(now);
  }
}

/** @param {Period} one @param {Period} other */
function isSame(one, other) {
  return one.from === other.from && one.to === other.to;
}
