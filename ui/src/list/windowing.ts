// Which rows of a long list are in view, so that only these are drawn. Headings and roles have a height each; the
// few rows above are measured one by one, the many below are all alike.

import type { Listing } from "./listing";

export interface Heights {
  heading: number;
  role: number;
}

export class Layout {
  readonly height: number;
  readonly #above: number[];
  readonly #row: number;
  readonly #length: number;

  constructor(listing: Listing, heights: Heights) {
    this.#above = [0];
    for (let index = 0; index < listing.above; index += 1) {
      const height = listing.isHeading(index) ? heights.heading : heights.role;
      this.#above.push((this.#above[index] ?? 0) + height);
    }
    this.#row = heights.role;
    this.#length = listing.length;
    this.height = this.top(listing.length);
  }

  /** Where a row begins; where the list ends, for the index behind the last. */
  top(index: number): number {
    const above = this.#above.length - 1;
    return index <= above
      ? (this.#above[index] ?? 0)
      : (this.#above[above] ?? 0) + (index - above) * this.#row;
  }

  /** The first row in view and the one behind the last, with some more around them. */
  inView(top: number, height: number, around = 6): [number, number] {
    const first = this.#rowAt(top);
    const last = this.#rowAt(top + height);
    return [Math.max(0, first - around), Math.min(this.#length, last + 1 + around)];
  }

  #rowAt(y: number): number {
    const above = this.#above.length - 1;
    const end = this.#above[above] ?? 0;
    if (y >= end) return Math.min(this.#length - 1, above + Math.floor((y - end) / this.#row));
    const index = this.#above.findIndex((begin) => begin > y);
    return Math.max(0, index - 1);
  }
}

/** Where to scroll so that a row is in view, its heading with it when that stands just above; null: nowhere. */
export function scrollTo(
  listing: Listing,
  layout: Layout,
  index: number,
  top: number,
  height: number,
): number | null {
  const begin = layout.top(listing.isHeading(index - 1) ? index - 1 : index);
  const end = layout.top(index + 1);
  if (begin < top) return begin;
  if (end > top + height) return end - height;
  return null;
}
