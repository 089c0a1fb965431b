// Reads a file of comma-separated values (RFC 4180) row by row: a million of them don't fit into one string.
import { createReadStream } from 'node:fs';

/** The rows below the head, each as a function of its columns' names. */
export async function* rowsOf(file: string): AsyncGenerator<(column: string) => string> {
  let columns: Map<string, number> | undefined;
  for await (const cells of linesOf(file)) {
    if (columns === undefined) {
      columns = new Map(cells.map((name, place) => [name, place]));
      continue;
    }
    const places = columns;
    if (cells.length !== places.size) throw new Error(`${file}: a row of ${cells.length} cells: ${cells.join()}`);
    yield (column) => {
      const cell = cells[places.get(column) ?? -1];
      if (cell === undefined) throw new Error(`${file}: there is no column ${column}`);
      return cell;
    };
  }
  if (columns === undefined) throw new Error(`${file}: there is no head`);
}

/** All of a short one. */
export function cellsOf(text: string): string[][] {
  const rows: string[][] = [];
  let rest = '';
  for (const line of bare(text).split('\n')) {
    rest += line;
    const cells = complete(rest);
    if (cells === null) rest += '\n';
    else {
      if (rest !== '') rows.push(cells);
      rest = '';
    }
  }
  if (rest !== '') throw new Error(`a quote is not closed: ${rest}`);
  return rows;
}

async function* linesOf(file: string): AsyncGenerator<string[]> {
  let rest = '';
  let begun = '';
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      begun += line;
      const cells = complete(bare(begun));
      if (cells === null) begun += '\n';
      else {
        begun = '';
        yield cells;
      }
    }
  }
  if (rest !== '' || begun !== '') throw new Error(`${file}: the last line has no end`);
}

/** The mark by which spreadsheets know UTF-8 is no part of the first name. */
const bare = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);

/** The cells of a line; nothing if a quoted cell goes on in the next one. */
function complete(text: string): string[] | null {
  const line = text.endsWith('\r') ? text.slice(0, -1) : text;
  if (!line.includes('"')) return line.split(',');
  const cells: string[] = [];
  for (let at = 0; ; at += 1) {
    if (line[at] !== '"') {
      const end = line.indexOf(',', at);
      cells.push(line.slice(at, end < 0 ? undefined : end));
      if (end < 0) return cells;
      at = end;
      continue;
    }
    let end = line.indexOf('"', at + 1);
    while (end >= 0 && line[end + 1] === '"') end = line.indexOf('"', end + 2);
    if (end < 0) return null;
    cells.push(line.slice(at + 1, end).replaceAll('""', '"'));
    at = end + 1;
    if (at === line.length) return cells;
  }
}
