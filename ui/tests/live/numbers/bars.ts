// Which rows of a graph are looked behind: the ends, the least and the most that a list shows whole, and one with nothing.
import type { Behind } from './graphs.ts';

interface Linked {
  behind?: Behind;
  sessions: number;
}

/** Rows of a list that are read to their end by keyboard. */
export const READ_MOST = 600;

export function sampled<One extends Linked>(rows: One[]): One[] {
  const linked = rows.filter(({ behind }) => behind !== undefined);
  const readable = linked.filter(({ sessions }) => sessions <= READ_MOST);
  const some = readable.filter(({ sessions }) => sessions > 0).toSorted((one, other) => one.sessions - other.sessions);
  const chosen = [some.at(0), some.at(-1), readable.find(({ sessions }) => sessions === 0), readable.at(-1)];
  return [...new Set(chosen.filter((row) => row !== undefined))];
}
