// What does a reader see first? The projects, drawn as soon as their columns are there: Leaflet and the rest come after.

import { Columns } from "./base/columns.js";
import { columnsAt } from "./base/source.js";
import { shown } from "./base/shown.js";
import { FirstPicture } from "./firstpicture.js";

const PATIENCE = 150; // milliseconds after which texts are shown, whether there is a picture or not

/** @type {Promise<FirstPicture>} */
export const first = draw();

async function draw() {
  const root = document.documentElement;
  root.classList.add("drawing");
  const isLate = setTimeout(() => root.classList.remove("drawing"), PATIENCE);
  try {
    const { href } = /** @type {HTMLLinkElement} */ (document.querySelector('link[rel="preload"][as="fetch"]'));
    const columns = new Columns(await columnsAt(href));
    const picture = new FirstPicture(columns, /** @type {HTMLElement} */ (document.querySelector(".folium-map")));
    await shown();
    return picture;
  } finally {
    clearTimeout(isLate);
    root.classList.remove("drawing");
  }
}
