// How does a selection stand on the map at a zoom: on which spots, in which clusters, in which countries without a place?

import { clustersOf, nearness, tally } from "./clusters.js";
import { spotsOf } from "./spots.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("./clusters.js").Clusters} Clusters */
/** @typedef {import("./spots.js").Places} Places */
/** `tallies` has the projects of each group in each cluster. @typedef {{clusters: Clusters, tallies: Uint32Array}} Crowds */

export class Arrangement {
  /** @type {Map<number, Clusters>} by zoom */
  #clusters = new Map();
  /** @type {Map<number, Uint32Array>} by zoom */
  #tallies = new Map();
  /** @type {Uint8Array | null} */
  #members = null;
  #dataset;

  /** @param {Dataset} dataset @param {Places} places of the dataset @param {Uint32Array} rows */
  constructor(dataset, places, rows) {
    this.#dataset = dataset;
    this.rows = rows;
    this.spots = spotsOf(places, rows);
    /** Rows of which only the country is known, by its position. */
    this.countryWide = countryWide(dataset, rows);
    /** In how many countries the selection is. */
    this.countries = countCountries(dataset, rows);
  }

  /** @param {number} row */
  has(row) {
    if (this.#members === null) {
      this.#members = new Uint8Array(this.#dataset.size);
      for (let i = 0; i < this.rows.length; i += 1) this.#members[this.rows[i]] = 1;
    }
    return this.#members[row] === 1;
  }

  /** Stages are others now; places are not. */
  retally() {
    this.#tallies.clear();
  }

  /** @param {number} zoom @param {number} maxZoom @returns {Crowds} */
  crowds(zoom, maxZoom) {
    const whole = zoom >= maxZoom ? maxZoom : Math.floor(zoom);
    let clusters = this.#clusters.get(whole);
    if (!clusters) {
      clusters = clustersOf(this.spots, 256 * 2 ** whole, nearness(whole, maxZoom));
      this.#clusters.set(whole, clusters);
    }
    let tallies = this.#tallies.get(whole);
    if (!tallies) {
      const { groupOfStatus, now, codes } = this.#dataset;
      tallies = tally(clusters, this.spots, (row) => groupOfStatus[now.status[row]], codes.status_group.length);
      this.#tallies.set(whole, tallies);
    }
    return { clusters, tallies };
  }
}

/** @param {Dataset} dataset @param {Uint32Array} rows */
function countCountries({ codes, country }, rows) {
  const seen = new Uint8Array(codes.country.length);
  for (let i = 0; i < rows.length; i += 1) seen[country[rows[i]]] = 1;
  return seen.reduce((sum, one) => sum + one, 0);
}

/** @param {Dataset} dataset @param {Uint32Array} rows */
function countryWide(dataset, rows) {
  /** @type {Map<number, number[]>} */
  const found = new Map();
  const only = dataset.codes.location_accuracy.indexOf("country");
  for (let i = 0; i < rows.length; i += 1) {
    if (dataset.accuracy[rows[i]] !== only) continue;
    const country = dataset.country[rows[i]];
    const there = found.get(country);
    if (there) there.push(rows[i]);
    else found.set(country, [rows[i]]);
  }
  return found;
}
