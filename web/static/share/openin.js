// How does the reader of an embedded map come to the same view in the ledger itself?

import { el } from "../base/dom.js";
import { mapAddress } from "../base/root.js";
import { languageOf, say } from "../base/texts.js";
import { siteName } from "./legend.js";

/** A link that leads to what is shown when it is followed. @returns {HTMLAnchorElement} */
export function openIn() {
  const follow = () => void (link.href = mapAddress("", languageOf(), location.hash));
  /** @type {HTMLAnchorElement} */
  const link = el(
    "a",
    { id: "open-in", class: "button", href: mapAddress("", languageOf(), ""), target: "_blank", rel: "noopener", onpointerenter: follow, onfocus: follow, onclick: follow },
    say("share.open_in", { site: siteName() }),
  );
  return link;
}
