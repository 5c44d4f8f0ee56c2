// What lies under the projects by the reader's own choice, and which other hosts has he agreed to ask for it?

/** `base` is the id of a base, "" for the one that is usual here. @typedef {{base: string, overlays: string[]}} GroundChoice */

export const OWN = "own";
const AGREED = "hosts-agreed"; // the key under which the browser keeps them

export class Choice {
  /** The base without a choice: our own, or the operator's where he has one. */
  usual = OWN;
  /** @type {GroundChoice} */
  #now = { base: "", overlays: [] };
  /** @type {((choice: GroundChoice) => void)[]} */
  #listeners = [];

  get now() {
    return this.#now;
  }

  /** The id of the base that is chosen, or usual. */
  get base() {
    return this.#now.base || this.usual;
  }

  /** Takes a choice from elsewhere, as from the address. @param {GroundChoice} choice */
  set(choice) {
    if (!isSame(choice, this.#now)) this.choose(choice);
  }

  /**
   * Takes the reader's choice; the same one again counts too, since he may have agreed to a host by it.
   * @param {GroundChoice} choice
   */
  choose({ base, overlays }) {
    this.#now = { base: base === this.usual ? "" : base, overlays: [...overlays] };
    for (const listener of this.#listeners) listener(this.#now);
  }

  /** @param {(choice: GroundChoice) => void} listener */
  listen(listener) {
    this.#listeners.push(listener);
  }
}

/** @param {GroundChoice} a @param {GroundChoice} b */
function isSame(a, b) {
  return a.base === b.base && a.overlays.join() === b.overlays.join();
}

/** A link may name a layer of another host; it is asked only once the reader has chosen it here. @param {string | null} host */
export function hasAgreed(host) {
  return host === null || agreedHosts().includes(host);
}

/** @param {string | null} host */
export function agree(host) {
  if (host === null || hasAgreed(host)) return;
  hosts = [...agreedHosts(), host];
  try {
    localStorage.setItem(AGREED, JSON.stringify(hosts));
  } catch {
    // A browser that keeps nothing is asked again at the next visit.
  }
}

/** @type {string[] | null} */
let hosts = null;

/** @returns {string[]} */
function agreedHosts() {
  if (hosts === null) {
    try {
      const kept = JSON.parse(localStorage.getItem(AGREED) ?? "[]");
      hosts = Array.isArray(kept) ? kept : [];
    } catch {
      hosts = [];
    }
  }
  return hosts;
}
