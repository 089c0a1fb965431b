// Which rows of a long list are painted.

export interface Span {
  /** The first row. */
  from: number;
  /** Behind the last row. */
  to: number;
}

/** Rows beyond the visible ones, above and below: a quick finger finds them painted. */
const SPARE = 12;

/** The rows to paint of `rows`, each `height` pixels, in a window of `view` pixels that is scrolled to `top`. */
export function painted(rows: number, height: number, top: number, view: number): Span {
  const first = Math.floor(top / height) - SPARE;
  const last = Math.ceil((top + view) / height) + SPARE;
  return { from: Math.min(Math.max(0, first), rows), to: Math.min(Math.max(0, last), rows) };
}

/** Where to scroll so that a row is wholly in sight, below a head of the row's height. */
export function scrolledTo(row: number, height: number, top: number, view: number, head: number): number {
  if (row * height < top) return row * height;
  const bottom = (row + 1) * height + head;
  return bottom > top + view ? bottom - view : top;
}
