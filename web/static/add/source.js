// What follows from the address of the source, and is it one?

import { aboutAddress } from "./asking.js";
import { faultText } from "./problems.js";
import { byId, el, fill } from "../base/dom.js";
import { say } from "../base/texts.js";

/** The fields that may follow from an address. */
const FOLLOWING = /** @type {const} */ (["title", "publisher", "published", "type"]);

/** @param {string} id */
const input = (id) => /** @type {HTMLInputElement} */ (byId(id));

/**
 * Whoever gives an address is told what is known of it; what they wrote themselves stays.
 * @returns {{settled: () => Promise<void>, refusal: () => string}} when the last address has been asked about, and why it is no source
 */
export function followAddress() {
  const field = input("source-url");
  /** What stands in a field because of the address before. @type {Record<string, string>} */
  const suggested = {};
  let refusal = "";
  let last = "";
  let asking = new AbortController();
  /** @type {Promise<void>} */
  let asked = Promise.resolve();

  async function ask() {
    const address = field.value.trim();
    if (address === last) return;
    last = address;
    refusal = "";
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const told = address ? await aboutAddress(address, signal).catch(() => null) : null; // without a network one writes it all oneself
    await released();
    if (signal.aborted) return;
    if (told?.url) take(told);
    else fill(byId("source-notes"));
  }

  /** @param {import("./asking.js").Told} told */
  function take(told) {
    field.value = last = told.url;
    input("source-archived").value = told.archived_url ?? "";
    for (const name of FOLLOWING) suggest(name, told[name] ?? "");
    const errors = told.faults.filter(({ severity }) => severity === "error");
    refusal = errors.map(faultText).join(" ");
    fill(byId("source-notes"), ...told.faults.map((fault) => el("li", { class: fault.severity === "note" ? "" : "warning" }, faultText(fault))));
    if (errors.length === 0 && told.title) byId("source-notes").append(el("li", {}, say("form.noted")));
    field.dispatchEvent(new Event("input", { bubbles: true })); // so that it is kept
  }

  /** @param {string} name @param {string} text */
  function suggest(name, text) {
    const other = input(`source-${name}`);
    const isOwn = name === "type" ? "isChosen" in other.dataset : other.value !== "" && other.value !== suggested[name];
    if (isOwn || (name === "type" && !text)) return;
    other.value = suggested[name] = text;
    other.dispatchEvent(new CustomEvent("suggested", { bubbles: true }));
  }

  input("source-type").addEventListener("change", ({ target }) => {
    /** @type {HTMLElement} */ (target).dataset.isChosen = "";
  });
  const begin = () => (asked = ask());
  field.addEventListener("change", begin);
  field.addEventListener("paste", () => setTimeout(begin)); // once the text is in the field
  const settled = () => (field.value.trim() === last ? asked : begin());
  return { settled, refusal: () => refusal };
}

/** When nothing is pressed: what moves under a finger is not pressed any more. */
function released() {
  if (!document.querySelector("button:active")) return Promise.resolve();
  return new Promise((resolve) => addEventListener("pointerup", () => setTimeout(resolve), { once: true }));
}
