// A contact as an administrator wrote it: a mail address or a URL. Anything else is shown and leads nowhere.

export interface Contact {
  /** In pieces: between them is where a line may break. */
  text: string[];
  href: string | null;
}

export function contactOf(written: string): Contact {
  const text = written.trim().replace(/^mailto:/iu, '');
  if (/^[^\s@:/?#]+@[^\s@:/?#]+$/u.test(text)) return { text: breakable(text), href: `mailto:${text}` };
  const url = /^https:\/\/(?<rest>.+)$/iu.exec(text);
  if (url && URL.canParse(text)) return { text: breakable(url.groups?.['rest'] ?? text), href: text };
  return { text: [text], href: null };
}

function breakable(address: string): string[] {
  return address.split(/(?<=[@/])|(?=\.)/u);
}
