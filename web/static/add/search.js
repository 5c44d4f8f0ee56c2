// Where is it? One field for the names of towns, regions and countries, for coordinates and for links of maps.

import { placesCalled } from "./asking.js";
import { adviceFor, coordinatesIn } from "./coordinates.js";
import { byId, el, fill } from "../base/dom.js";
import { numberText, say } from "../base/texts.js";

const WAIT_MS = 200;
const LEAST_LETTERS = 2;

/** @typedef {import("./asking.js").Place} Place */

/**
 * @param {(place: Place) => void} onPlace
 * @param {(lat: string, lon: string) => void} onCoordinates
 */
export function placeSearch(onPlace, onCoordinates) {
  const field = /** @type {HTMLInputElement} */ (byId("place-name"));
  const list = byId("place-list");
  /** @type {Place[]} */
  let found = [];
  let at = -1;
  let timer = 0;
  let answered = ""; // for which text what is said holds
  let asking = new AbortController();

  function close() {
    list.hidden = true;
    at = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  /** @param {number} place */
  function mark(place) {
    at = place;
    for (const [index, option] of Array.from(list.children).entries()) option.setAttribute("aria-selected", String(index === at));
    field.setAttribute("aria-activedescendant", `place-${at}`);
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  /** @param {Place} place */
  function choose(place) {
    close();
    field.value = answered = named(place);
    byId("place-said").textContent = place.latitude === null ? "" : saidOf(place.latitude, place.longitude ?? 0);
    onPlace(place);
  }

  async function ask() {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    answered = field.value.trim();
    found = await placesCalled(answered, signal).catch(() => []);
    if (signal.aborted) return;
    if (!Array.isArray(found)) found = [];
    at = -1;
    const options = found.map((place, index) =>
      el("li", { role: "option", id: `place-${index}`, "aria-selected": "false", onmousedown: (event) => { event.preventDefault(); choose(place); } }, described(place)),
    );
    fill(list, ...options);
    list.hidden = found.length === 0 || document.activeElement !== field;
    field.setAttribute("aria-expanded", String(!list.hidden));
    byId("place-said").textContent = found.length ? say("form.places_found", { count: found.length }) : say("form.no_place");
  }

  /** Coordinates are taken at once, names are looked up. @param {boolean} isWhole whether nothing more is typed */
  function read(isWhole) {
    const text = field.value.trim();
    const pair = coordinatesIn(text);
    clearTimeout(timer);
    if (pair && (isWhole || pair.sure)) {
      asking.abort();
      close();
      if (!isWhole && /[\d.,]$/.test(text)) return; // a number may go on
      byId("place-said").textContent = saidOf(Number(pair.lat), Number(pair.lon));
      return onCoordinates(pair.lat, pair.lon);
    }
    const advice = pair ? "" : adviceFor(text);
    if (advice && isWhole) byId("place-said").textContent = advice;
    if (text.length < LEAST_LETTERS || pair || advice) return close();
    if (text !== answered) timer = window.setTimeout(ask, isWhole ? 0 : WAIT_MS);
  }

  field.addEventListener("input", () => read(false));
  field.addEventListener("change", () => read(true));
  field.addEventListener("paste", () => setTimeout(() => read(true)));
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) close();
    else if (event.key === "ArrowDown" && !list.hidden) mark((at + 1) % found.length);
    else if (event.key === "ArrowUp" && !list.hidden) mark((at - 1 + found.length) % found.length);
    else if (event.key === "Enter" && !list.hidden) choose(found[Math.max(at, 0)]);
    else return;
    event.preventDefault();
  });
}

/** @param {number} lat @param {number} lon */
function saidOf(lat, lon) {
  return say("form.placed", { lat: String(lat), lon: String(lon) });
}

/** @param {Place} place */
function named(place) {
  return place.kind === "country" ? place.name : [place.name, place.region, place.country_name].filter(Boolean).join(", ");
}

/** @param {Place} place */
function described(place) {
  return place.people ? `${named(place)} · ${say("form.people", { count: numberText(place.people) })}` : named(place);
}
