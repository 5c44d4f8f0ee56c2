// How does the map beside a story follow its reader?

import { mapAddress } from "../base/root.js";
import { stepAt } from "./steps.js";

const LINE = 0.55; // of the window's height: below the map that a phone has on top
const steps = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".step")]);
const map = /** @type {HTMLIFrameElement} */ (document.getElementById("story-map"));
const previous = /** @type {HTMLButtonElement} */ (document.getElementById("story-previous"));
const next = /** @type {HTMLButtonElement} */ (document.getElementById("story-next"));

let current = -1;
let isAsked = false;
/** Did the focus choose the step? What it scrolls into view must not choose another; the reader's own scrolling may. */
let isHeld = false;

/** Shows a step's view: the map's page stays, only its hash changes, and the reader's history stays short. */
function show(/** @type {number} */ number) {
  if (number === current) return;
  current = number;
  steps.forEach((step, at) => step.classList.toggle("current", at === number));
  map.contentWindow?.location.replace(mapAddress("embed", null, steps[number].dataset.view ?? ""));
  previous.disabled = number === 0;
  next.disabled = number === steps.length - 1;
}

function follow() {
  isAsked = false;
  if (isHeld) return;
  const page = document.documentElement;
  const tops = steps.map((step) => step.getBoundingClientRect().top);
  show(stepAt(tops, LINE * innerHeight, scrollY > 0 && scrollY + innerHeight >= page.scrollHeight - 2));
}

function followSoon() {
  if (!isAsked) requestAnimationFrame(follow);
  isAsked = true;
}

/** Brings a step to the reading line, at once: on the way the map would show each step between. */
function goTo(/** @type {number} */ number) {
  const step = steps[number];
  if (!step) return;
  scrollBy({ top: step.getBoundingClientRect().top - LINE * innerHeight + 40, behavior: "instant" });
  step.querySelector("h2")?.focus({ preventScroll: true });
  show(number);
}

function start() {
  /** @type {HTMLElement} */ (previous.parentElement).hidden = false;
  previous.addEventListener("click", () => goTo(current - 1));
  next.addEventListener("click", () => goTo(current + 1));
  for (const [number, step] of steps.entries()) {
    step.addEventListener("click", (event) => {
      const isLink = event.target instanceof Element && event.target.closest("a");
      if (!isLink) show(number);
    });
    step.addEventListener("focusin", () => {
      isHeld = true;
      show(number);
    });
  }
  for (const gesture of ["wheel", "touchmove", "pointerdown", "keydown"])
    addEventListener(gesture, () => (isHeld = false), { passive: true, capture: true });
  addEventListener("scroll", followSoon, { passive: true });
  addEventListener("resize", followSoon);
  follow();
}

start();
