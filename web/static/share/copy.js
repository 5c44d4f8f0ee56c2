// How does a text get to the reader's clipboard?

import { el } from "../base/dom.js";
import { say } from "../base/texts.js";

/** A button that copies what a field holds, and what it says of it. @param {HTMLInputElement | HTMLTextAreaElement} field @returns {HTMLElement} */
export function copyButton(field) {
  const said = el("span", { role: "status", class: "copy-said" });
  const button = el("button", { type: "button", onclick: () => copy(field, said) }, say("share.copy"));
  return el("span", { class: "copy" }, button, said);
}

/** @param {HTMLInputElement | HTMLTextAreaElement} field @param {HTMLElement} said */
async function copy(field, said) {
  said.textContent = "";
  try {
    await navigator.clipboard.writeText(field.value);
    said.textContent = say("share.copied");
  } catch {
    field.focus();
    field.select();
    said.textContent = say("share.copy_failed");
  }
}
