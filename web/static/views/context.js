// What does a view get, and what does it give? The kinds of both; nothing runs here.

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("../find/state.js").State} State */
/** @typedef {import("../find/select.js").Selection} Selection */
/**
 * What every view works with. The dataset is told. `open` shows a record in the panel; `known` are the codes and groups
 * that addresses are written with; `announce` has a screen reader say something.
 * @typedef {object} Context
 * @property {Dataset} dataset
 * @property {State} state
 * @property {(index: number) => void} open
 * @property {import("../find/url.js").Known} known
 * @property {(text: string) => void} announce
 */
/**
 * A view is made once, when it is first shown; `update` is called for every change while it is.
 * @typedef {{update: (selection: Selection) => void}} View
 */

export {};
