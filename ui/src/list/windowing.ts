// Which rows of a long list are in view, so that only these are drawn.

import type { Row } from "./rows";

export interface Heights {
  heading: number;
  role: number;
}

/** Where each row begins, and last where the list ends. */
export function offsets(rows: readonly Row[], heights: Heights): Float64Array {
  const at = new Float64Array(rows.length + 1);
  rows.forEach((row, index) => {
    at[index + 1] = (at[index] ?? 0) + heights[row.kind];
  });
  return at;
}

/** The first row in view and the one behind the last, with some more around them. */
export function inView(at: Float64Array, top: number, height: number, around = 6): [number, number] {
  const rows = at.length - 1;
  const first = rowAt(at, top);
  const last = rowAt(at, top + height);
  return [Math.max(0, first - around), Math.min(rows, last + 1 + around)];
}

/** Where to scroll so that a row is in view, its heading with it when that stands just above; null: nowhere. */
export function scrollTo(
  rows: readonly Row[],
  at: Float64Array,
  index: number,
  top: number,
  height: number,
): number | null {
  const from = rows[index - 1]?.kind === "heading" ? index - 1 : index;
  const begin = at[from] ?? 0;
  const end = at[index + 1] ?? begin;
  if (begin < top) return begin;
  if (end > top + height) return end - height;
  return null;
}

function rowAt(at: Float64Array, y: number): number {
  let low = 0;
  let high = at.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((at[middle + 1] ?? Infinity) <= y) low = middle + 1;
    else high = middle;
  }
  return Math.min(low, Math.max(0, at.length - 2));
}
