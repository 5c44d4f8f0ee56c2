// Which place does the address of a map mean? That of a page, a `geo:` address of RFC 5870, or one of a program.

/** @typedef {import("./coordinates.js").Read} Read */

const NUMBER = String.raw`([+-]?\d{1,3}(?:\.\d+)?)`;
const COMMA = String.raw`(?:,|%2C)(?:\s|\+|%20)*`;
/** Where the addresses of maps have coordinates, latitude first unless it is said. @type {{form: RegExp, isTurned?: boolean}[]} */
const FORMS = [
  { form: new RegExp(`!3d${NUMBER}!4d${NUMBER}`) },
  { form: new RegExp(String.raw`^geo:0(?:\.0+)?,0(?:\.0+)?\?(?:[^#]*&)?q=${NUMBER}${COMMA}${NUMBER}`, "i") },
  { form: new RegExp(`^geo:${NUMBER},${NUMBER}`, "i") },
  { form: new RegExp(String.raw`yandex\.[^#]*[?&](?:whatshere(?:\[|%5B)point(?:\]|%5D)|pt)=${NUMBER}${COMMA}${NUMBER}`, "i"), isTurned: true },
  { form: new RegExp(String.raw`yandex\.[^#]*[?&]ll=${NUMBER}${COMMA}${NUMBER}`, "i"), isTurned: true },
  { form: new RegExp(String.raw`2gis\.[^#]*?(?:/geo/(?:\d+/)?|[?&]m=)${NUMBER}${COMMA}${NUMBER}`, "i"), isTurned: true },
  { form: new RegExp(`[?&]mlat=${NUMBER}&mlon=${NUMBER}`) },
  { form: new RegExp(String.raw`[?&](?:coordinate|q|query|ll|center|destination|daddr|viewpoint|sll)=(?:loc(?::|%3A))?${NUMBER}${COMMA}${NUMBER}`, "i") },
  { form: new RegExp(`/maps/(?:place|search|dir/[^/]*)/${NUMBER}${COMMA}${NUMBER}`) },
  { form: new RegExp(`/@${NUMBER},${NUMBER}`) },
  { form: new RegExp(String.raw`[?&]cp=${NUMBER}~${NUMBER}`) },
  { form: new RegExp(String.raw`#(?:map=)?\d{1,2}(?:\.\d+)?/${NUMBER}/${NUMBER}`) },
];
/** Maps of China are drawn in GCJ-02 or BD-09, some hundred metres off. */
const SHIFTED = /^https?:\/\/(?:[^/]*\.)?(?:baidu|amap|gaode|autonavi)\.com(?:[/?#]|$)|^https?:\/\/[^/]*\bmap\.qq\.com|^https?:\/\/[^/]*\bgoogle\.cn(?:[/?#]|$)/i;
const OTHER_SYSTEM = /;crs=(?!wgs84(?:[;?]|$))/i;

/** Is it an address, rather than words or numbers? @param {string} text */
export function isLink(text) {
  return /^(?:https?|geo):|^www\./i.test(text);
}

/** @param {string} link @returns {Read} */
export function inLink(link) {
  if (SHIFTED.test(link) || (/^geo:/i.test(link) && OTHER_SYSTEM.test(link))) return { rule: "shifted" };
  for (const { form, isTurned } of FORMS) {
    const match = form.exec(link);
    if (match) return isTurned ? { lat: match[2], lon: match[1], sure: true } : { lat: match[1], lon: match[2], sure: true };
  }
  return { rule: "link" };
}
