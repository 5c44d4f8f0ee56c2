// Which place coordinates mean, in whatever notation they are pasted, and the links of maps.

import assert from "node:assert/strict";
import { test } from "node:test";

import { LatLon, encode } from "../../web/static/built/geodesy.js";
import { adviceFor, coordinatesIn, oneIn } from "../../web/static/add/coordinates.js";
import { speak } from "./speaking.js";

speak("en", "form");

/** @type {[string, [string, string]][]} */
const PLACES = [
  ["-20.46, -66.82", ["-20.46", "-66.82"]],
  ["-20,46; -66,82", ["-20.46", "-66.82"]],
  ["20,46 S 66,82 O", ["-20.46", "-66.82"]],
  ["20°27'36\"S 66°49'12\"W", ["-20.46", "-66.82"]],
  ["20° 27′ 36″ S, 66° 49′ 12″ O", ["-20.46", "-66.82"]],
  ["S 20 27 36 W 66 49 12", ["-20.46", "-66.82"]],
  ["20°27.6'S; 66°49.2'W", ["-20.46", "-66.82"]],
  ["20°27,6'S 66°49,2'W", ["-20.46", "-66.82"]],
  ["66°49'12\"W 20°27'36\"S", ["-20.46", "-66.82"]],
  ["-20°27'36\", -66°49'12\"", ["-20.46", "-66.82"]],
  ["20°27'36\" ю. ш. 66°49'12\" з. д.", ["-20.46", "-66.82"]],
  ["47°31′54″ с. ш. 21°37′28″ в. д.", ["47.53167", "21.62444"]],
  ["南纬20°27'36\" 西经66°49'12\"", ["-20.46", "-66.82"]],
  ["20°27'36\" Sur, 66°49'12\" Oeste", ["-20.46", "-66.82"]],
  ["https://www.google.com/maps/@-20.46,-66.82,12z", ["-20.46", "-66.82"]],
  ["https://www.google.com/maps/place/X/@-20.4,-66.8,12z/data=!3m1!3d-20.46!4d-66.82", ["-20.46", "-66.82"]],
  ["https://maps.google.com/?q=-20.46,-66.82", ["-20.46", "-66.82"]],
  ["https://www.openstreetmap.org/#map=12/-20.46/-66.82", ["-20.46", "-66.82"]],
  ["https://www.openstreetmap.org/?mlat=-20.46&mlon=-66.82#map=5/0/0", ["-20.46", "-66.82"]],
  ["https://yandex.ru/maps/?ll=-66.82%2C-20.46&z=12", ["-20.46", "-66.82"]],
  ["https://www.google.com/maps/search/-20.46,+-66.82?entry=tts", ["-20.46", "-66.82"]],
  ["https://www.google.com/maps/place/-20.46,-66.82", ["-20.46", "-66.82"]],
  ["https://www.google.com/maps/dir/?api=1&destination=-20.46%2C-66.82", ["-20.46", "-66.82"]],
  ["https://maps.apple.com/?ll=-20.46,-66.82&q=X", ["-20.46", "-66.82"]],
  ["https://maps.apple.com/place?coordinate=-20.46%2C-66.82&name=X", ["-20.46", "-66.82"]],
  ["https://yandex.ru/maps/?whatshere%5Bpoint%5D=-66.82%2C-20.46&ll=1%2C2", ["-20.46", "-66.82"]],
  ["https://2gis.ru/geo/-66.82,-20.46", ["-20.46", "-66.82"]],
  ["geo:-20.46,-66.82", ["-20.46", "-66.82"]],
  ["geo:-20.46,-66.82;crs=wgs84;u=35", ["-20.46", "-66.82"]],
  ["geo:0,0?q=-20.46,-66.82(Planta)", ["-20.46", "-66.82"]],
  ["−20,46; −66,82", ["-20.46", "-66.82"]],
  ["－20.46，－66.82", ["-20.46", "-66.82"]],
  ["Latitud: -20,46 Longitud: -66,82", ["-20.46", "-66.82"]],
  ["lon=-66.82, lat=-20.46", ["-20.46", "-66.82"]],
  ["Широта: 20°27'36\" ю. ш., долгота: 66°49'12\" з. д.", ["-20.46", "-66.82"]],
  ["纬度：-20.46，经度：-66.82", ["-20.46", "-66.82"]],
  ["47°31′54″ C. Ш. 21°37′28″ B. Д.", ["47.53167", "21.62444"]],
  ["北纬30度15分 东经120度10分", ["30.25", "120.16667"]],
  ["POINT (-66.82 -20.46)", ["-20.46", "-66.82"]],
  ['{"type": "Point", "coordinates": [-66.82, -20.46]}', ["-20.46", "-66.82"]],
  ["-20.46-066.82/", ["-20.46", "-66.82"]],
];
for (const [text, [lat, lon]] of PLACES) {
  test(`${text} is a place`, () => {
    const found = coordinatesIn(text);
    assert.deepEqual([found?.lat, found?.lon], [lat, lon]);
  });
}

const NONE = ["", "Uyuni", "Oruro", "20°27'36\"S", "20°70'S 66°W", "95, 10", "10, 195", "20°S 66°S", "19 Kilometros", "https://example.org/a", "24 47 11"];
for (const text of NONE) test(`"${text}" is none`, () => assert.equal(coordinatesIn(text), null));

/** Within so many degrees. @param {string} text @param {number} lat @param {number} lon @param {number} within */
function lies(text, lat, lon, within) {
  const found = coordinatesIn(text);
  assert.ok(found, text);
  assert.ok(Math.abs(Number(found.lat) - lat) <= within, `${text}: ${found.lat}`);
  assert.ok(Math.abs(Number(found.lon) - lon) <= within, `${text}: ${found.lon}`);
}

const METRE = 0.00002; // degrees, at these latitudes

/** UTM by PROJ 9 (EPSG:32719, 32630, 32650, 32735); the last two are of geodesy's own documentation. @type {[string, number, number][]} */
const UTM = [
  ["19K 727411 7736101", -20.46, -66.82],
  ["19 K 727411.40 m E 7736100.98 m S", -20.46, -66.82],
  ["19S 727411 7736101", -20.46, -66.82],
  ["19 South 727411 7736101", -20.46, -66.82],
  ["UTM zona 19 Sur X: 727411 Y: 7736101", -20.46, -66.82],
  ["727411 7736101 19K", -20.46, -66.82],
  ["19K 7736101 727411", -20.46, -66.82],
  ["Huso 30T; X=440598,08; Y=4472390,03", 40.4, -3.7],
  ["50R 617443mE 3153179mN", 28.5, 118.2],
  ["35L 724837 8240997", -15.9, 29.1],
  ["31 N 448251.795 5411932.678", 48.8582, 2.2945],
  ["31 North 448251 5411932", 48.8582, 2.2945],
];
for (const [text, lat, lon] of UTM) test(`${text} is a place in UTM`, () => lies(text, lat, lon, METRE));

/** The first of geodesy's documentation, the others of Wikipedia's article on MGRS. @type {[string, number, number][]} */
const MGRS = [
  ["31U DQ 48251 11932", 48.8582, 2.2945],
  ["18SUJ2337106519", 38.889801, -77.036543],
  ["18s uj 23371 06519", 38.889801, -77.036543],
  ["15SUD0370514711", 38.959391, -95.265482],
];
for (const [text, lat, lon] of MGRS) test(`${text} is a place in MGRS`, () => lies(text, lat, lon, METRE));

test("a square of MGRS is its middle, in Norway's wider zone too", () => {
  lies("31VEH92233902", 60.775935, 4.693467, 0.0002);
  lies("18S UJ 23 06", 38.8896, -77.0357, 0.01);
});

/** Of test_data/decoding.csv of google/open-location-code: the code, and the corners of its area. @type {[string, number, number, number, number][]} */
const PLUS_CODES = [
  ["7FG49QCJ+2V", 20.37, 2.782125, 20.370125, 2.78225],
  ["7FG49QCJ+2VX", 20.3701, 2.78221875, 20.370125, 2.78225],
  ["8FVC2222+22", 47.0, 8.0, 47.000125, 8.000125],
  ["4VCPPQGP+Q9", -41.273125, 174.785875, -41.273, 174.786],
  ["22222222+22", -90.0, -180.0, -89.999875, -179.999875],
];
for (const [code, south, west, north, east] of PLUS_CODES) {
  test(`${code} is the middle of its area`, () => {
    for (const text of [code, code.toLowerCase(), `${code} Uyuni`]) lies(text, (south + north) / 2, (west + east) / 2, METRE);
  });
}

test("what the libraries write is read again, everywhere on the globe", () => {
  for (let turn = 0; turn < 2000; turn += 1) {
    const lat = -79.9 + ((turn * 0.6180339887) % 1) * 163.8; // spread evenly, and the same every time
    const lon = -179.99 + ((turn * 0.7548776662) % 1) * 359.98;
    const near = METRE / Math.max(Math.cos((lat * Math.PI) / 180), 0.09);
    const utm = new LatLon(lat, lon).toUtm();
    const half = utm.hemisphere === "N" ? "North" : "Sur";
    const mgrs = utm.toMgrs();
    lies(`${utm.zone} ${half} ${utm.easting.toFixed(1)} ${utm.northing.toFixed(1)}`, lat, lon, near);
    lies(mgrs.toString(), lat, lon, near);
    lies(mgrs.toString().replaceAll(" ", "").toLowerCase(), lat, lon, near);
    if (mgrs.band !== "S") lies(`${utm.zone}${mgrs.band} ${utm.easting.toFixed(0)} ${utm.northing.toFixed(0)}`, lat, lon, near);
    lies(String(encode({ latitude: lat, longitude: lon }, 11)), lat, lon, near);
    lies(`${lat.toFixed(5).replace(".", ",")}; ${lon.toFixed(5).replace(".", ",")}`, lat, lon, METRE);
  }
});

/** @type {[string, RegExp][]} */
const REFUSED = [
  ["727411 7736101", /needs its zone/],
  ["19 727411 7736101", /needs its zone/],
  ["19S 545000 3927239", /19S may be the band S/],
  ["19D 727411 7736101", /do not lie in zone 19D/],
  ["61K 727411 7736101", /do not lie in zone 61K/],
  ["19K GT 27411 361", /as many digits/],
  ["19K ZT 27411 36100", /no square ZT in zone 19K/],
  ["19D GT 27411 36100", /no square GT in zone 19D/],
  ["19K GT 2 3", /more than a kilometre/],
  ["57R90000+", /more than a kilometre/],
  ["G5R7+2J Uyuni", /short form of a plus code/],
  ["https://maps.app.goo.gl/abc", /holds no coordinates/],
  ["https://map.baidu.com/@-7438333,-2311111,12z", /shifted/],
  ["https://www.amap.com/?p=B0,39.9,116.4,X", /shifted/],
  ["geo:1,2;crs=nad27", /shifted/],
  ["-66.82, 120.46", /^$/],
  ["-120.46, -66.82", /write -66.82, -120.46/],
  ["95, 195", /from -180 to 180/],
  ["20°70'S 66°40'W", /from 0 to 59/],
  ["20°S 66°S", /other east or west/],
  ["24 47 11", /not clear which place/],
  ["20,46,66,82", /not clear which place/],
];
for (const [text, words] of REFUSED) test(`${text} is told what would be right`, () => assert.match(adviceFor(text), words));

test("a name of a place is told nothing", () => {
  for (const text of ["", "Uyuni", "Oruro 2", "24 de Mayo", "19 Kilometros", "Ruta 5 km 12", "Salar de Uyuni", "乌尤尼", "Нижний Новгород"]) assert.equal(adviceFor(text), "", text);
});

test("one coordinate with minutes is one of its axis", () => {
  assert.equal(oneIn("20°27'36\"S", "lat"), "-20.46");
  assert.equal(oneIn("66 49 12 W", "lon"), "-66.82");
  assert.equal(oneIn("66 49 12 W", "lat"), null);
  assert.equal(oneIn("20 27 36", "lat"), null);
});
