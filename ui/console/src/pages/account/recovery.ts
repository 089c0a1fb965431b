// Recovery codes as a text to keep.
import { m } from '@beside/kit/paraglide/messages.js';

export interface Sheet {
  /** The server, as the operator names it. */
  host: string;
  name: string;
  date: string;
  codes: string[];
}

/** Lines end as every text editor on Windows, macOS and Linux reads them. */
export function recoveryText({ host, name, date, codes }: Sheet): string {
  return [m.codes_sheet({ host }), m.codes_sheet_account({ name, date }), '', ...codes, '', m.codes_use(), ''].join(
    '\r\n',
  );
}

export function downloadText(text: string, fileName: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(address);
}
