// How does the reader change between map and list, and start a contribution?

import { el, fill } from "../base/dom.js";

/** @param {Element} root @param {import("./state.js").State} state @returns {() => void} */
export function tools(root, state) {
  const map = tab("tab-map", "Map", () => state.change({ tab: "map" }, "push"));
  const list = tab("tab-list", "List", () => state.change({ tab: "list" }, "push"));
  fill(
    root,
    el("div", { class: "tabs", role: "group", "aria-label": "Show as" }, map, list),
    el("a", { class: "button strong", href: "/add" }, "Add a project"),
  );
  return () => {
    map.setAttribute("aria-pressed", String(state.choices.tab === "map"));
    list.setAttribute("aria-pressed", String(state.choices.tab !== "map"));
  };
}

/** @param {string} id @param {string} text @param {() => void} choose */
function tab(id, text, choose) {
  return el("button", { type: "button", id, onclick: choose }, text);
}
