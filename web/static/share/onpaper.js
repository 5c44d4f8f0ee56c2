// What does the page print besides what is on the screen? The map as a picture, and what it is, as of when, from where.

import { imprintOf } from "./legend.js";
import { mapPicture } from "./picture.js";
import { el } from "../base/dom.js";

/** @param {import("../base/dataset.js").Dataset} dataset */
export function onPaper(dataset) {
  const foot = el("footer", { id: "print-foot" });
  const map = el("div", { id: "print-map" });
  window.addEventListener("beforeprint", () => {
    const container = /** @type {HTMLElement} */ (document.querySelector(".leaflet-container"));
    const { date, credit, address } = imprintOf(dataset, container);
    foot.replaceChildren(...[date, credit, address].map((text) => el("p", {}, text)));
    map.replaceChildren(mapPicture(container));
    container.after(map);
    document.body.append(foot);
  });
  window.addEventListener("afterprint", () => {
    map.remove();
    foot.remove();
  });
}
