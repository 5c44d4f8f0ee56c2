// What has been proposed and is not decided yet: shown apart from the projects, and only where the reader asks for it.

import { bdi, el } from "../base/dom.js";
import { IS_PUBLISHED, ROOT } from "../base/root.js";
import { say } from "../base/texts.js";

/** @typedef {import("./choice.js").Choice} Choice */
/** @typedef {{id: number, name: string, kind: string, lon: number, lat: number}} Unreviewed */

/** Among the overlays, in the address too. */
export const UNREVIEWED = "unreviewed";
/** Only a server knows of proposals. */
export const IS_OFFERED = !IS_PUBLISHED;
const PANE_HEIGHT = "640"; // above the projects

/** Shows proposals as long as they are chosen; they are asked for anew each time. @param {L.Map} map @param {Choice} choice */
export function unreviewed(map, choice) {
  /** @type {Marks | null} */
  let shown = null;
  let isWanted = false;
  const follow = async () => {
    if (isWanted === choice.now.overlays.includes(UNREVIEWED)) return;
    isWanted = !isWanted;
    shown?.remove();
    shown = null;
    if (!isWanted) return;
    const marks = new Marks(await fetchUnreviewed());
    if (isWanted && shown === null) shown = marks.addTo(map);
  };
  const told = () => void follow().catch((error) => console.warn("Proposals cannot be shown:", error));
  choice.listen(told);
  told();
}

/** @returns {Promise<Unreviewed[]>} */
async function fetchUnreviewed() {
  const response = await fetch(`${ROOT}/api/proposals?f=geojson`);
  if (!response.ok) throw new Error(`proposals: ${response.status}`);
  const { features } = await response.json();
  return features.map((/** @type {any} */ { id, properties: { name, kind }, geometry: { coordinates } }) => ({
    id: Number(id),
    name: String(name),
    kind: String(kind),
    lon: Number(coordinates[0]),
    lat: Number(coordinates[1]),
  }));
}

/** Hollow marks that open to what was proposed: nothing of them is drawn or counted with the projects. */
class Marks extends L.Layer {
  /** @type {[Unreviewed, HTMLElement][]} */
  #marks;
  #place = el("div", { class: "leaflet-zoom-hide", role: "group", "aria-label": say("base.unreviewed") });

  /** @param {Unreviewed[]} proposals */
  constructor(proposals) {
    super();
    this.#marks = proposals.map((each) => [each, mark(each)]);
    this.#place.append(...this.#marks.map(([, element]) => element));
    L.DomEvent.disableClickPropagation(this.#place);
  }

  /** @override @param {L.Map} map */
  onAdd(map) {
    const pane = map.getPane(UNREVIEWED) ?? map.createPane(UNREVIEWED);
    pane.style.zIndex = PANE_HEIGHT;
    pane.append(this.#place);
    this.#put(map);
    return this;
  }

  /** @override */
  onRemove() {
    this.#place.remove();
    return this;
  }

  /** @override @returns {{[name: string]: L.LeafletEventHandlerFn}} */
  getEvents() {
    const put = () => this.#put(this._map);
    return { zoomend: put, viewreset: put };
  }

  /** @param {L.Map} map */
  #put(map) {
    for (const [{ lat, lon }, element] of this.#marks) L.DomUtil.setPosition(element, map.latLngToLayerPoint([lat, lon]));
  }
}

/** @param {Unreviewed} proposal */
function mark({ id, name, kind }) {
  const said = say(`base.unreviewed_${kind === "create" ? "new" : "change"}`);
  return el(
    "details",
    { class: "unreviewed", name: UNREVIEWED }, // of one name one is open at a time
    el("summary", { "aria-label": `${say("base.not_reviewed")} ${name}`, title: name }),
    el("p", {}, el("strong", {}, say("base.not_reviewed")), " ", said, " ", el("a", { href: `${ROOT}/proposals/${id}` }, bdi(name))),
  );
}
