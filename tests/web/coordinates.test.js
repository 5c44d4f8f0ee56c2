// Which place coordinates mean, in whatever notation they are pasted, and the links of maps.

import assert from "node:assert/strict";
import { test } from "node:test";

import { coordinatesIn, isOfGrid, oneIn } from "../../web/static/add/coordinates.js";
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
  ["geo:-20.46,-66.82", ["-20.46", "-66.82"]],
];
for (const [text, [lat, lon]] of PLACES) {
  test(`${text} is a place`, () => {
    const found = coordinatesIn(text);
    assert.deepEqual([found?.lat, found?.lon], [lat, lon]);
  });
}

const NONE = ["", "Uyuni", "Oruro", "20°27'36\"S", "20°70'S 66°W", "95, 10", "10, 195", "20°S 66°S", "https://example.org/a", "24 47 11"];
for (const text of NONE) test(`"${text}" is none`, () => assert.equal(coordinatesIn(text), null));

test("places of a grid are told apart, since they are not read", () => {
  for (const text of ["19K 623456 7735678", "19K FH 12345 67890", "19KFH1234567890"]) assert.ok(isOfGrid(text), text);
  for (const text of ["Uyuni", "20.46, 66.82", "19 Kilometros"]) assert.ok(!isOfGrid(text), text);
});

test("one coordinate with minutes is one of its axis", () => {
  assert.equal(oneIn("20°27'36\"S", "lat"), "-20.46");
  assert.equal(oneIn("66 49 12 W", "lon"), "-66.82");
  assert.equal(oneIn("66 49 12 W", "lat"), null);
  assert.equal(oneIn("20 27 36", "lat"), null);
});
