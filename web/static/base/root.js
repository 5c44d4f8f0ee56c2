// Where on its host is this server, or are these files? Pages say below which path all their addresses are.

const { root, published } = globalThis.document?.documentElement.dataset ?? {};

/** Such as `/ledger`; "" at the root of the host. Among files it is relative: `.` or `../..`. */
export const ROOT = root ?? "";
/** Are there files only, and no server to ask? */
export const IS_PUBLISHED = published !== undefined;
/** The folder of the pages in the language of this one, with a slash at its end; "" for the first language. */
export const FOLDER = published ?? "";
/** What the name of a tile ends with, by which hosts of files know its type. */
export const TILE_ENDING = IS_PUBLISHED ? ".json" : "";

/**
 * The address of the map, or of the map alone, in the language of the page; behind it stands what is shown.
 * @param {"" | "embed"} form @param {string | null} language none for that which the reader chose last @param {string} hash
 */
export function mapAddress(form, language, hash) {
  if (!IS_PUBLISHED) return `${ROOT}/${form}${language === null ? "" : `?lang=${language}`}${hash}`;
  return `${ROOT}/${FOLDER}${form}${form && "/"}${hash}`;
}
