// What is known of every project? Columns rather than objects: a hundred thousand rows cost what their numbers cost.

import { Folding } from "./fold.js";
import { Row } from "./row.js";
import { stateOn } from "./asof.js";

/** A word of a vocabulary; `unit` is that of a measure. @typedef {{code: string, label: string, definition: string, group: string, unit?: string}} Term */
/** @typedef {import("./columns.js").Columns} Columns */
/** @typedef {import("./asof.js").Now} Now */
/** Several values a row: those of row i are `values[starts[i]]` to `values[starts[i + 1] - 1]`. @typedef {{starts: Uint32Array, values: Uint16Array | Uint32Array}} Several */
/** What the page says of codes. @typedef {{vocabularies: Record<string, Term[]>, countries: Record<string, string>}} Words */
/**
 * What comes after the first picture.
 * @typedef {object} Told
 * @property {string[]} ids
 * @property {string[]} names
 * @property {string[]} owners the parties' names in one text
 * @property {string[]} foldedNames
 * @property {string} search what is searched besides codes, folded, a line a row
 * @property {string[]} regions
 * @property {Uint16Array} region position in `regions`, the last for none
 * @property {{id: string, name: string}[]} organisations
 * @property {Several} owner positions in `organisations`
 * @property {Uint16Array} sourceTypes a bit for each type of source
 * @property {Uint16Array} sources how many
 * @property {Float32Array} radius kilometres, NaN where none is stated
 * @property {Int32Array} begins the day of the first event, from which on a row is there; long ago where it has none
 * @property {string[]} dates those that steps and plans name by position; the first is ""
 * @property {Several} plans positions in `dates`, in the order in which they were told
 * @property {import("./asof.js").Steps} steps
 * @property {Record<string, string[]>} words what is searched of a code, folded, by vocabulary
 * @property {Record<string, string>} countryWords
 * @property {Folding} folding
 * @property {Map<number, any>} areas footprints (GeoJSON geometries) by row
 */

const NO_PLACE = -(2 ** 31);
const DEGREES = 1e-5; // in which longitudes and latitudes are sent

export class Dataset {
  /** @type {Told | null} */
  #told = null;
  /** @type {Map<string, number> | null} */
  #rowOf = null;
  /** @type {Map<string, string> | null} */
  #organisations = null;
  /** @type {Words | null} */
  #words = null;
  #wordsOf;

  /** @param {Columns} drawn @param {() => Words} words */
  constructor(drawn, words) {
    const { header } = drawn;
    this.size = /** @type {number} */ (header.size);
    this.version = /** @type {number} */ (header.version);
    this.#wordsOf = words;
    /** Codes by position. @type {Record<string, string[]>} */
    this.codes = header.codes;
    /** The groups of the codes of a vocabulary, by position. @type {Record<string, string[]>} */
    this.groups = header.groups;
    this.kind = /** @type {Uint8Array} */ (drawn.numbers("kind"));
    this.accuracy = /** @type {Uint8Array} */ (drawn.numbers("accuracy"));
    this.country = /** @type {Uint8Array} */ (drawn.numbers("country"));
    /** Web Mercator from 0 to 1, NaN for a project without a point. */
    this.x = new Float64Array(this.size);
    this.y = new Float64Array(this.size);
    this.lon = new Float64Array(this.size);
    this.lat = new Float64Array(this.size);
    this.#place(drawn.numbers("lon"), drawn.numbers("lat"));
    /** What is known today: the state that is drawn before steps are there. @type {Now} */
    this.today = {
      date: null,
      there: new Uint8Array(this.size).fill(1),
      status: drawn.numbers("status"),
      capacity: drawn.numbers("capacity"),
      measure: drawn.numbers("measure"),
      capacityBasis: drawn.numbers("capacity_basis"),
      step: null,
    };
    /** The state that is shown. @type {Now} */
    this.now = this.today;
    this.groupOfStatus = this.#groupOfStatus();
  }

  /** @returns {Told} what came after the first picture; throws before it is there */
  get told() {
    if (this.#told === null) throw new Error("the rest of the projects is not there yet");
    return this.#told;
  }

  /** What codes are called; the first picture needs none of it. @returns {Words} */
  get words() {
    return (this.#words ??= this.#wordsOf());
  }

  get isTold() {
    return this.#told !== null;
  }

  /** @param {Columns} columns */
  tell(columns) {
    this.#told = told(columns);
    this.today = stateOn(this, null);
    this.now = this.today;
  }

  /** Takes the state of a day, `YYYY-MM-DD` or shorter; null for all that is known. @param {string | null} date */
  setDate(date) {
    this.now = date === null || !this.isTold ? this.today : stateOn(this, date);
  }

  /** @param {number} index */
  row(index) {
    return new Row(this, index);
  }

  /** @param {string | null} id @returns {Row | null} */
  byId(id) {
    if (!this.#told || id === null) return null;
    this.#rowOf ??= new Map(this.#told.ids.map((each, i) => [each, i]));
    const index = this.#rowOf.get(id);
    return index === undefined ? null : this.row(index);
  }

  /** @param {number} i */
  hasPoint(i) {
    return !Number.isNaN(this.x[i]);
  }

  /** Is only the country known? @param {number} i */
  isCountryWide(i) {
    return this.codes.location_accuracy[this.accuracy[i]] === "country";
  }

  /** The term of a code at a position. @param {string} vocabulary @param {number} position @returns {Term} */
  term(vocabulary, position) {
    return this.termOf(vocabulary, this.codes[vocabulary][position]);
  }

  /** @param {string} vocabulary @param {string} code @returns {Term} */
  termOf(vocabulary, code) {
    const found = this.words.vocabularies[vocabulary]?.find((term) => term.code === code);
    return found ?? { code, label: code, definition: "", group: "" };
  }

  /** @param {string} code */
  countryName(code) {
    return this.words.countries[code] ?? code;
  }

  /** @param {string} id */
  organisationName(id) {
    if (!this.#told) return id;
    this.#organisations ??= new Map(this.#told.organisations.map((each) => [each.id, each.name]));
    return this.#organisations.get(id) ?? id;
  }

  /** @param {Int32Array} lon @param {Int32Array} lat */
  #place(lon, lat) {
    for (let i = 0; i < this.size; i += 1) {
      const placed = lon[i] !== NO_PLACE;
      this.lon[i] = placed ? lon[i] * DEGREES : NaN;
      this.lat[i] = placed ? lat[i] * DEGREES : NaN;
      this.x[i] = mercatorX(this.lon[i]);
      this.y[i] = mercatorY(this.lat[i]);
    }
  }

  #groupOfStatus() {
    const groups = this.codes.status_group;
    return Uint8Array.from(this.groups.status, (group) => groups.indexOf(group));
  }
}

/** @param {number} lon */
export function mercatorX(lon) {
  return (lon + 180) / 360;
}

/** @param {number} lat */
export function mercatorY(lat) {
  const sine = Math.sin((Math.max(-85.0511, Math.min(85.0511, lat)) * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

/** @param {Columns} columns @returns {Told} */
function told(columns) {
  const { header } = columns;
  const [names, owners] = [columns.lines("name"), columns.lines("owners")];
  const folding = new Folding(header.folding);
  /** @type {string[] | null} */
  let foldedNames = null;
  /** @type {string | null} */
  let searched = null;
  return {
    ids: columns.lines("id"),
    names,
    owners,
    get foldedNames() {
      return (foldedNames ??= names.map((name) => folding.fold(name)));
    },
    /** Made when it is first searched: the server only sends what names and owners do not say. */
    get search() {
      const further = columns.lines("further_words");
      return (searched ??= this.foldedNames.map((name, i) => `${name} ${folding.fold(owners[i])} ${further[i]}`).join("\n"));
    },
    regions: header.regions,
    region: columns.numbers("region"),
    organisations: header.organisations.map((/** @type {[string, string?]} */ [name, id]) => ({
      id: id ?? folding.fold(name).replaceAll(" ", "-"),
      name,
    })),
    owner: { starts: columns.numbers("owner_starts"), values: columns.numbers("owner") },
    sourceTypes: columns.numbers("source_types"),
    sources: columns.numbers("sources"),
    radius: columns.numbers("radius_km"),
    begins: columns.numbers("begins"),
    dates: header.dates,
    plans: { starts: columns.numbers("plan_starts"), values: columns.numbers("plans") },
    steps: {
      starts: columns.numbers("step_starts"),
      day: columns.numbers("step_day"),
      status: columns.numbers("step_status"),
      sinceBasis: columns.numbers("step_since_basis"),
      since: columns.numbers("step_since"),
      newest: columns.numbers("step_newest"),
      staleFrom: columns.numbers("step_stale_from"),
      planned: columns.numbers("step_planned"),
      actual: columns.numbers("step_actual"),
      by: columns.numbers("step_by"),
      capacity: columns.numbers("step_capacity"),
      measure: columns.numbers("step_measure"),
      capacityBasis: columns.numbers("step_capacity_basis"),
    },
    words: header.words,
    countryWords: header.country_words,
    folding,
    areas: new Map(Object.entries(header.areas).map(([index, area]) => [Number(index), area])),
  };
}
