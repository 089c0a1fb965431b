// Files that a page hands over, and what they are called.
import { dateText, lastDay, type Span } from './time/periods.ts';

/** `beside-sessions-2026-11-01-2026-11-21.csv`, with `parts` between, and without days where none are chosen. */
export function fileName(what: string, extension: string, span: Span | null, parts: string[] = []): string {
  const days = span ? [dateText(span.from), dateText(lastDay(span))] : [];
  const unique = days[0] === days[1] ? days.slice(1) : days;
  return `${['beside', what, ...parts, ...unique].join('-')}.${extension}`;
}

/** A table as RFC 4180 has it, with the mark by which spreadsheets know UTF-8. What a spreadsheet could take for a formula
 * gets an apostrophe in front. */
export function csv(rows: (string | number)[][]): string {
  const cell = (value: string | number) => {
    const text = typeof value === 'string' && /^[=+\-@\t\r]/u.test(value) ? `'${value}` : String(value);
    return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `\uFEFF${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

export function handOver(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // Browsers begin to save after the press; at once would be too early for some.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
