// How is the map's view saved as a picture, with what it needs to be understood elsewhere?

import { layOut } from "./poster.js";
import { svg } from "../base/dom.js";

/** @typedef {import("./poster.js").Content} Content */
/** @typedef {import("./poster.js").Sheet} Sheet */
/** @typedef {{paper: string, ground: string, ink: string, quiet: string, serif: string, sans: string}} Look */

const SHARP = 2; // device pixels a pixel, at least

/** @param {HTMLElement} container Leaflet's @param {Omit<Content, "map">} content @returns {Promise<Blob>} */
export async function asPng(container, content) {
  const { sheet, look, map } = compose(container, content);
  const [canvas, ctx] = canvasOf(sheet.width, sheet.height);
  ctx.fillStyle = look.paper;
  ctx.fillRect(0, 0, sheet.width, sheet.height);
  ctx.drawImage(map, sheet.map.x, sheet.map.y, map.width / SHARP, map.height / SHARP);
  for (const { x, y, radius, fill, line } of sheet.dots) {
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.fillStyle = fill;
    if (fill !== "none") ctx.fill();
    ctx.lineWidth = 1.4;
    ctx.strokeStyle = line;
    ctx.stroke();
  }
  for (const { x, y, text, font, colour } of sheet.lines) {
    ctx.font = font;
    ctx.fillStyle = look[colour];
    ctx.fillText(text, x, y);
  }
  return blobOf(canvas);
}

/** Text and legend are vectors, the map is an image. @param {HTMLElement} container @param {Omit<Content, "map">} content @returns {Promise<Blob>} */
export async function asSvg(container, content) {
  const { sheet, look, map } = compose(container, content);
  const { width, height } = sheet;
  const image = { ...sheet.map, width: map.width / SHARP, height: map.height / SHARP, href: map.toDataURL("image/png") };
  const root = svg(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` },
    svg("title", {}, content.headline),
    svg("rect", { width, height, fill: look.paper }),
    svg("image", image),
    ...sheet.dots.map(({ x, y, radius, fill, line }) => svg("circle", { cx: x, cy: y, r: radius, fill, stroke: line, "stroke-width": 1.4 })),
    ...sheet.lines.map(({ x, y, text, font, colour }) => svg("text", { x, y, style: `font: ${font}`, fill: look[colour] }, text)),
  );
  return new Blob([new XMLSerializer().serializeToString(root)], { type: "image/svg+xml" });
}

/** Are there images of another host, which no picture may hold? @param {HTMLElement} container */
export function hasForeignTiles(container) {
  return container.querySelector("img.leaflet-tile") !== null;
}

/** @param {HTMLElement} container @param {Omit<Content, "map">} content */
function compose(container, content) {
  const look = lookOf();
  const { clientWidth: width, clientHeight: height } = container;
  const [, probe] = canvasOf(1, 1);
  const measure = (/** @type {string} */ text, /** @type {string} */ font) => {
    probe.font = font;
    return probe.measureText(text).width;
  };
  return { sheet: layOut({ ...content, map: { width, height } }, look, measure), look, map: mapPicture(container, look.ground) };
}

/** What is painted of the map, as it lies there. @param {HTMLElement} container @param {string} [ground] what lies beneath everything */
export function mapPicture(container, ground = lookOf().ground) {
  const frame = container.getBoundingClientRect();
  const [canvas, ctx] = canvasOf(frame.width, frame.height);
  ctx.fillStyle = ground;
  ctx.fillRect(0, 0, frame.width, frame.height);
  for (const layer of painted(container)) {
    const box = layer.getBoundingClientRect();
    if (layer.width && layer.height) ctx.drawImage(layer, box.left - frame.left, box.top - frame.top, box.width, box.height);
  }
  return canvas;
}

/** The map's canvases from the lowest pane to the highest. @param {HTMLElement} container */
function painted(container) {
  const layers = [...container.querySelectorAll("canvas")].filter((each) => each.checkVisibility({ opacityProperty: true }));
  const heights = new Map(layers.map((each) => [each, heightOf(each)]));
  return layers.sort((a, b) => Number(heights.get(a)) - Number(heights.get(b)));
}

/** @param {Element} canvas */
function heightOf(canvas) {
  const pane = canvas.closest(".leaflet-pane");
  return pane ? Number.parseInt(getComputedStyle(pane).zIndex, 10) || 0 : 0;
}

/** @param {number} width @param {number} height @returns {[HTMLCanvasElement, CanvasRenderingContext2D]} */
function canvasOf(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * SHARP);
  canvas.height = Math.round(height * SHARP);
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  ctx.scale(SHARP, SHARP);
  return [canvas, ctx];
}

/** @param {HTMLCanvasElement} canvas @returns {Promise<Blob>} */
function blobOf(canvas) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
  });
}

/** @returns {Look} the page's colours and fonts, by day or by night */
function lookOf() {
  const style = getComputedStyle(document.documentElement);
  const value = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
  return { paper: value("paper"), ground: value("ground"), ink: value("ink"), quiet: value("quiet"), serif: value("serif"), sans: value("sans") };
}
