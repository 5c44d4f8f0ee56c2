// How does the reader change between map, list and the other views, share what is shown, and start a contribution?

import { el, fill } from "../base/dom.js";
import { IS_PUBLISHED, ROOT } from "../base/root.js";
import { say } from "../base/texts.js";
import { TABS } from "../find/choices.js";
import { openIn } from "../share/openin.js";
import { onPaper } from "../share/onpaper.js";

/** @typedef {import("./context.js").Context} Context */

/**
 * @param {Element} root @param {Context} context @param {() => import("../find/select.js").Selection} selection
 * @returns {() => void}
 */
export function tools(root, context, selection) {
  const { state } = context;
  onPaper(context.dataset);
  if (document.body.classList.contains("embed")) {
    fill(root, openIn());
    return () => {};
  }
  const isFile = document.body.classList.contains("standalone"); // which has no server to ask
  const tabs = TABS.filter((name) => !isFile || name !== "changes").map((name) => ({
    name,
    button: el("button", { type: "button", id: `tab-${name}`, onclick: () => state.change({ tab: name }) }, say(`app.tab_${name}`)),
  }));
  const share = el("button", { type: "button", id: "share", "aria-haspopup": "dialog", onclick: () => open() }, say("app.share"));
  fill(
    root,
    el("div", { class: "tabs", role: "group", "aria-label": say("app.show_as") }, ...tabs.map(({ button }) => button)),
    share,
    isFile || IS_PUBLISHED ? null : el("a", { class: "button strong", id: "add", href: `${ROOT}/add` }, say("app.add")),
  );

  /** The tab that is in sight where not all of them are. */
  let shown = "";

  async function open() {
    const { shareDialog } = await import("./later.js");
    shareDialog(context, selection()).showModal();
  }

  return () => {
    for (const { name, button } of tabs) {
      button.setAttribute("aria-pressed", String(state.choices.tab === name));
      button.hidden = name === "compare" && state.choices.compare.length === 0 && state.choices.tab !== "compare";
      if (state.choices.tab === name && name !== shown) button.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    shown = state.choices.tab;
  };
}
