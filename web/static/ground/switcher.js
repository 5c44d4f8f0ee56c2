// How does the reader choose what lies under the projects?

import { agree, hasAgreed, OWN } from "./choice.js";
import { colourOf } from "./bases.js";
import { titleOf } from "./layers.js";
import { IS_OFFERED, UNREVIEWED } from "./unreviewed.js";
import { bdi, el, fill, svg } from "../base/dom.js";
import { say } from "../base/texts.js";

/** @typedef {import("./choice.js").Choice} Choice */
/** @typedef {import("./layers.js").Offer} Offer */
/** @typedef {import("./layers.js").Told} Told */
/** @typedef {import("./layers.js").ToldOverlay} ToldOverlay */

/**
 * A button over those for zooming, and a box that it opens.
 * @param {L.Map} map @param {Offer} offer @param {Choice} choice
 */
export function switcher(map, offer, choice) {
  const named = { role: "group", "aria-label": say("base.title") };
  const box = el("div", { id: "ground-box", class: "ground-box", ...named, hidden: true });
  const button = openingButton();
  const draw = () => fill(box, ...parts(offer, choice));
  /** @param {boolean} isOpen */
  const open = (isOpen) => {
    box.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) draw();
  };
  button.addEventListener("click", () => open(box.hidden === true));
  const place = el("div", { class: "ground-switcher leaflet-control", onkeydown: closeByKey }, button, box);
  L.DomEvent.disableClickPropagation(place).disableScrollPropagation(place);
  map.getContainer().querySelector(".leaflet-bottom.leaflet-right")?.prepend(place);
  map.on("click", () => open(false));
  choice.listen(() => keepingFocus(box, draw));

  /** @param {KeyboardEvent} event */
  function closeByKey(event) {
    if (event.key !== "Escape" || box.hidden) return;
    event.preventDefault();
    event.stopPropagation();
    open(false);
    button.focus();
  }
}

function openingButton() {
  const told = { type: "button", id: "ground-button", class: "ground-button", title: say("base.title") };
  const opens = { "aria-expanded": "false", "aria-controls": "ground-box" };
  return el("button", { ...told, ...opens }, sign(), el("span", { class: "visually-hidden" }, say("base.open")));
}

/** Sheets that lie over one another. */
function sign() {
  const sheets = ["M9 2 16 6 9 10 2 6Z", "M2 9.5 9 13.5 16 9.5", "M2 13 9 17 16 13"];
  const stroke = { fill: "none", stroke: "currentColor", "stroke-width": 1.5, "stroke-linejoin": "round" };
  const paths = sheets.map((d) => svg("path", { d, ...stroke }));
  return svg("svg", { viewBox: "0 0 18 19", width: 18, height: 19, "aria-hidden": "true" }, ...paths);
}

/** What has the focus is made anew; the same choice has it afterwards. @param {HTMLElement} box @param {() => void} draw */
function keepingFocus(box, draw) {
  const held = box.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).id : "";
  draw();
  if (held) document.getElementById(held)?.focus();
}

/** @param {Offer} offer @param {Choice} choice */
function parts(offer, choice) {
  const asked = offer.bases.find(({ id, host }) => id === choice.base && !hasAgreed(host));
  const overlays = offer.overlays.map((told) => overlayLine(told, choice));
  if (IS_OFFERED) overlays.push(unreviewedLine(choice));
  const bases = [null, ...offer.bases].map((told) => baseLine(told, choice));
  return [
    fieldset(say("base.bases"), bases),
    asked ? el("p", { class: "warning", role: "note" }, say("base.asked", { title: titleOf(asked) })) : null,
    overlays.length ? fieldset(say("base.overlays"), overlays) : null,
  ];
}

/** @param {string} title @param {HTMLElement[]} lines */
function fieldset(title, lines) {
  return el("fieldset", {}, el("legend", {}, title), ...lines);
}

/** @param {Told | null} told none for our own @param {Choice} choice */
function baseLine(told, choice) {
  const [id, host] = [told?.id ?? OWN, told?.host ?? null];
  const checked = choice.base === id && hasAgreed(host);
  const onchange = () => {
    agree(host);
    choice.choose({ ...choice.now, base: id });
  };
  const input = { id: `base-${id}`, type: "radio", name: "base", value: id, checked, onchange };
  return line(input, told ? titleOf(told) : say("base.own"), noteOf(told));
}

/** @param {ToldOverlay} told @param {Choice} choice */
function overlayLine(told, choice) {
  const input = overlayInput(told, choice);
  const swatch = el("span", { class: "ground-swatch", style: `background:${colourOf(told)}` });
  return line(input, titleOf(told), [...noteOf(told), licenceOf(told)], swatch);
}

/** @param {Choice} choice */
function unreviewedLine(choice) {
  const note = el("span", {}, say("base.unreviewed_note"));
  const swatch = el("span", { class: "ground-swatch unreviewed-swatch" });
  return line(overlayInput({ id: UNREVIEWED, host: null }, choice), say("base.unreviewed"), [note], swatch);
}

/** @param {{id: string, host: string | null}} overlay @param {Choice} choice */
function overlayInput({ id, host }, choice) {
  const checked = choice.now.overlays.includes(id) && hasAgreed(host);
  const onchange = (/** @type {Event} */ event) => {
    agree(host);
    const others = choice.now.overlays.filter((each) => each !== id);
    const isOn = /** @type {HTMLInputElement} */ (event.target).checked;
    choice.choose({ ...choice.now, overlays: isOn ? [...others, id] : others });
  };
  return { id: `overlay-${id}`, type: "checkbox", name: "overlay", value: id, checked, onchange };
}

/** @param {ToldOverlay} told */
function licenceOf({ kind, credit, licence }) {
  const told = { kind: say(`base.kind_${kind.replaceAll("-", "_")}`), credit, licence };
  return el("span", {}, bdi(say("base.licence", told)));
}

/** @param {Told | null} told */
function noteOf(told) {
  return told?.host ? [el("span", {}, say("base.host", { host: told.host }))] : [];
}

/**
 * @param {import("../base/dom.js").Attributes} input @param {string} title @param {HTMLElement[]} notes
 * @param {HTMLElement | null} [swatch]
 */
function line(input, title, notes, swatch = null) {
  const describedBy = notes.length ? `${input.id}-note` : null;
  return el(
    "div",
    { class: "ground-line" },
    el("input", { ...input, "aria-describedby": describedBy }),
    el("label", { for: String(input.id) }, swatch, bdi(title)),
    notes.length ? el("p", { id: describedBy, class: "quiet" }, ...notes) : null,
  );
}
