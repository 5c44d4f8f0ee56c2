// What comes in one piece, when the first of it is asked for? Views and sharing: many small files would cost the first picture.

export { chartsView } from "./charts.js";
export { changesView } from "./changes.js";
export { compareView } from "./compare.js";
export { listView } from "./list.js";
export { shareDialog } from "../share/dialog.js";
