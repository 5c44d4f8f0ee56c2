// Where is the new project? A click on a small map and two fields say the same.

import { coordinatesIn, oneIn } from "./coordinates.js";
import { degreesOf, plainDegrees } from "./numbers.js";
import { isOutside, outlinesOf } from "./outside.js";
import { OwnGround } from "../ground/own.js";
import { columnsAt } from "../base/source.js";
import { collectionOf, worldOf } from "../ground/world.js";
import { byId } from "../base/dom.js";
import { ROOT } from "../base/root.js";
import { say } from "../base/texts.js";

/** @typedef {{lat: HTMLInputElement, lon: HTMLInputElement}} Place */

const GROUND = `${ROOT}/ground`;
const DECIMALS = 5;
const NEAR = 8; // zoom at which the towns around have their names
const WITHOUT_POINT = ["country", "undisclosed"];
const AXES = /** @type {const} */ (["lat", "lon"]);

/**
 * @param {HTMLElement} root @param {Place} place @param {HTMLSelectElement} country @param {() => string} accuracy how well the place is known
 * @returns {() => void} brings everything up to the fields' present values
 */
export function placeMap(root, place, country, accuracy) {
  const map = makeMap(root);
  const point = marker();
  /** @type {import("./outside.js").Outlines} */
  let outlines = new Map();
  let [seen, isClicked] = ["", false];
  const isOff = () => WITHOUT_POINT.includes(accuracy());

  function show() {
    const at = coordinates(place);
    if (at && !isOff()) point.setLatLng(at).addTo(map);
    else point.remove();
  }
  function warn() {
    const at = isOff() ? null : coordinates(place);
    const outside = at !== null && isOutside(outlines, country.value, ...at);
    const name = country.selectedOptions[0]?.text ?? "";
    byId("place-warning").textContent = outside ? say("form.outside", { country: name }) : "";
  }
  /** Goes to a place that was named, so near that whoever knows it sees whether it is the one. */
  function approach() {
    const at = coordinates(place);
    if (at && String(at) !== seen && !isClicked) map.setView(at, Math.max(map.getZoom(), NEAR), { animate: false });
    seen = String(at);
  }
  function follow() {
    enable(root, place, isOff() ? say(`form.no_point_${accuracy()}`) : "");
    map.invalidateSize();
    show();
    warn();
    approach();
  }

  map.on("click", ({ latlng }) => {
    const at = latlng.wrap();
    isClicked = true;
    setPlace(place, at.lat.toFixed(DECIMALS), at.lng.toFixed(DECIMALS));
    isClicked = false;
    if (L.Browser.mobile) map.panTo(latlng);
  });
  listen(place, show, () => {
    show();
    warn();
    approach();
  });
  byId("accuracy").addEventListener("change", follow);
  country.addEventListener("change", warn);
  void addCountries(map).then((known) => {
    outlines = known;
    warn();
  });
  return follow;
}

/** One finger scrolls the page past it, on a phone. @param {HTMLElement} root */
function makeMap(root) {
  const map = L.map(root, {
    minZoom: 1,
    maxZoom: 15,
    zoomSnap: 0.5,
    worldCopyJump: true,
    scrollWheelZoom: false,
    dragging: !L.Browser.mobile,
  }).setView([10, 10], 1.5);
  map.attributionControl.setPrefix(false);
  return map;
}

function marker() {
  const icon = L.divIcon({ className: "point", iconSize: [14, 14] });
  return L.marker([0, 0], { icon, keyboard: false, interactive: false });
}

/** @param {HTMLElement} root @param {Place} place @param {string} reason why no point is needed, or "" */
function enable(root, place, reason) {
  root.hidden = reason !== "";
  byId("no-point").textContent = reason;
  byId("no-point").hidden = reason === "";
  for (const axis of AXES) place[axis].disabled = reason !== "";
}

/** @param {Place} place @param {() => void} onInput @param {() => void} onChange */
function listen(place, onInput, onChange) {
  for (const axis of AXES) {
    place[axis].addEventListener("input", onInput);
    place[axis].addEventListener("paste", (event) => splitPasted(event, place));
    place[axis].addEventListener("change", () => {
      tidy(place, axis);
      onChange();
    });
  }
}

/** Two coordinates pasted into either field fill both. @param {ClipboardEvent} event @param {Place} place */
function splitPasted(event, place) {
  const pair = coordinatesIn(event.clipboardData?.getData("text") ?? "");
  if (!pair) return;
  event.preventDefault();
  setPlace(place, pair.lat, pair.lon);
}

/**
 * Two coordinates typed into one field fill both, and one becomes a plain number.
 * @param {Place} place @param {"lat" | "lon"} axis
 */
function tidy(place, axis) {
  const other = place[axis === "lat" ? "lon" : "lat"];
  const pair = coordinatesIn(place[axis].value);
  if (pair && (pair.sure || other.value.trim() === "")) [place.lat.value, place.lon.value] = [pair.lat, pair.lon];
  else place[axis].value = plainDegrees(place[axis].value, axis) ?? oneIn(place[axis].value, axis) ?? place[axis].value;
}

/** @param {Place} place @param {string} lat @param {string} lon */
function setPlace(place, lat, lon) {
  [place.lat.value, place.lon.value] = [lat, lon];
  place.lat.dispatchEvent(new Event("change", { bubbles: true }));
}

/** @param {L.Map} map @returns {Promise<import("./outside.js").Outlines>} */
async function addCountries(map) {
  try {
    const own = new OwnGround(map, { land: `${GROUND}/land`, towns: `${GROUND}/towns` });
    const world = worldOf(await columnsAt(`${GROUND}/world`));
    own.know(world);
    return outlinesOf(collectionOf(world));
  } catch (error) {
    console.warn("The map has no countries:", error);
    return new Map();
  }
}

/** @param {Place} place @returns {[number, number] | null} */
function coordinates({ lat, lon }) {
  const [north, east] = [degreesOf(lat.value, "lat"), degreesOf(lon.value, "lon")];
  return Math.abs(north) <= 90 && Math.abs(east) <= 180 ? [north, east] : null;
}
