// Which view lies over the map? Each is fetched and made when it is first shown.

import { el, fill } from "../base/dom.js";
import { say } from "../base/texts.js";

/** @typedef {import("./context.js").Context} Context */
/** @typedef {import("./context.js").View} View */
/** @typedef {Exclude<import("../find/choices.js").Tab, "map">} Name */

/** @type {Record<Name, (root: HTMLElement, context: Context) => Promise<View>>} */
const MAKERS = {
  list: async (root, context) => (await import("./later.js")).listView(root, context),
  charts: async (root, context) => (await import("./later.js")).chartsView(root, context),
  changes: async (root, context) => (await import("./later.js")).changesView(root, context),
  compare: async (root, context) => (await import("./later.js")).compareView(root, context),
};

export class Views {
  /** @type {Map<Name, {root: HTMLElement, view: Promise<View>}>} */
  #made = new Map();
  #root;
  #context;

  /** @param {HTMLElement} root @param {Context} context */
  constructor(root, context) {
    this.#root = root;
    this.#context = context;
  }

  /** @param {import("../find/select.js").Selection} selection */
  update(selection) {
    const { tab } = this.#context.state.choices;
    this.#root.hidden = tab === "map";
    document.body.dataset.tab = tab;
    for (const [name, { root }] of this.#made) root.hidden = name !== tab;
    if (tab === "map") return;
    const { root, view } = this.#view(tab);
    root.hidden = false;
    view.then(
      (made) => this.#context.state.choices.tab === tab && made.update(selection),
      () => this.#complain(root, tab, selection),
    );
  }

  /** @param {HTMLElement} root @param {Name} name @param {import("../find/select.js").Selection} selection */
  #complain(root, name, selection) {
    const again = () => {
      this.#made.delete(name);
      root.remove();
      this.update(selection);
    };
    const button = el("button", { type: "button", onclick: again }, say("app.try_again"));
    fill(root, el("p", { class: "warning", role: "alert" }, say("app.cannot_load")), button);
  }

  /** @param {Name} name */
  #view(name) {
    const known = this.#made.get(name);
    if (known) return known;
    const root = el("section", { id: name, class: "view", "aria-label": say(`app.tab_${name}`) });
    this.#root.append(root);
    const made = { root, view: MAKERS[name](root, this.#context) };
    this.#made.set(name, made);
    return made;
  }
}
