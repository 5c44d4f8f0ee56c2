// How does the map begin in a file of its own? As on a server, with the data that the file carries.

import { embedded } from "./base/embedded.js";
import { begin } from "./main.js";

/** @param {L.Map} map @param {L.LayerGroup} group */
export function start(map, group) {
  return begin(map, group, embedded());
}
