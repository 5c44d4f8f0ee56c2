// When is what was drawn on the screen? Once the frame after it has begun.

/** @param {() => void} then @returns {() => void} what lets go of it */
export function whenShown(then) {
  let pause = 0;
  let frame = requestAnimationFrame(() => {
    frame = requestAnimationFrame(() => (pause = window.setTimeout(then)));
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(pause);
  };
}

/** Settles when what was drawn is on the screen. @returns {Promise<void>} */
export function shown() {
  return new Promise((resolve) => whenShown(resolve));
}
