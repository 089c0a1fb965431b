// Limits of texts are counted in bytes of UTF-8.

/** As much of a text as fits, cut between characters. */
export function fitting(text: string, bytes: number): string {
  const encoder = new TextEncoder();
  const signs = [...text];
  while (encoder.encode(signs.join('')).length > bytes) signs.pop();
  return signs.join('');
}
