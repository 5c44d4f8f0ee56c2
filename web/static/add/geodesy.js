// What the form uses of npm's libraries of grids; `web.bundle` makes `built/geodesy.js` of it, which browsers and tests load.

export { default as Mgrs, LatLon, Utm } from "geodesy/mgrs.js";
export { decode, encode } from "pluscodes";
