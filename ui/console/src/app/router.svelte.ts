// Where in the console a person is: path and query of the address bar, so that every view can be linked and kept.

export const BASE = '/console';

/** Pages that have an id in their address have a place for it. */
export type PageName =
  | 'wall'
  | 'sessions'
  | 'session'
  | 'graphs'
  | 'report'
  | 'people'
  | 'person'
  | 'groups'
  | 'group'
  | 'alerts'
  | 'policy'
  | 'audit'
  | 'reviews'
  | 'review'
  | 'system'
  | 'backups'
  | 'outlets'
  | 'tokens';

export interface Place {
  page: PageName;
  /** Empty on pages that have none. */
  id: string;
}

const patterns: [RegExp, PageName][] = [
  [/^$/u, 'wall'],
  [/^\/sessions$/u, 'sessions'],
  [/^\/sessions\/([^/]+)$/u, 'session'],
  [/^\/graphs$/u, 'graphs'],
  [/^\/report$/u, 'report'],
  [/^\/people$/u, 'people'],
  [/^\/people\/([^/]+)$/u, 'person'],
  [/^\/groups$/u, 'groups'],
  [/^\/groups\/([^/]+)$/u, 'group'],
  [/^\/alerts$/u, 'alerts'],
  [/^\/policy$/u, 'policy'],
  [/^\/audit$/u, 'audit'],
  [/^\/reviews$/u, 'reviews'],
  [/^\/reviews\/([^/]+)$/u, 'review'],
  [/^\/system$/u, 'system'],
  [/^\/backups$/u, 'backups'],
  [/^\/outlets$/u, 'outlets'],
  [/^\/tokens$/u, 'tokens'],
];

/** The page of a path; nothing where there is none. */
export function placeOf(pathname: string): Place | null {
  if (pathname !== BASE && !pathname.startsWith(`${BASE}/`)) return null;
  const below = pathname.slice(BASE.length).replace(/\/$/u, '');
  for (const [pattern, page] of patterns) {
    const match = pattern.exec(below);
    const id = match && decoded(match[1] ?? '');
    if (match && id !== null) return { page, id };
  }
  return null;
}

/** The address of a page, with the query's values that there are. */
export function linkTo(path: string, query: Record<string, string | undefined> = {}): string {
  const values = Object.entries(query).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '',
  );
  const text = new URLSearchParams(values).toString();
  return `${BASE}${path}${text === '' ? '' : `?${text}`}`;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

export class Router {
  #pathname = $state(location.pathname);
  #search = $state(location.search);

  place = $derived(placeOf(this.#pathname));
  query = $derived(new URLSearchParams(this.#search));

  /** Follows the browser's own buttons, and links of the page that stay within the console. */
  attach(): () => void {
    const back = () => this.#read();
    const press = (event: MouseEvent) => this.#press(event);
    addEventListener('popstate', back);
    document.addEventListener('click', press);
    return () => {
      removeEventListener('popstate', back);
      document.removeEventListener('click', press);
    };
  }

  go(href: string): void {
    history.pushState(null, '', href);
    this.#read();
  }

  /** Another query of the same page; not a step of its own for the back button. */
  ask(query: Record<string, string | undefined>): void {
    const next = new URLSearchParams(this.#search);
    for (const [name, value] of Object.entries(query)) {
      if (value === undefined || value === '') next.delete(name);
      else next.set(name, value);
    }
    const text = next.toString();
    history.replaceState(null, '', `${this.#pathname}${text === '' ? '' : `?${text}`}`);
    this.#read();
  }

  #read(): void {
    this.#pathname = location.pathname;
    this.#search = location.search;
  }

  #press(event: MouseEvent): void {
    const plain = event.button === 0 && !event.defaultPrevented;
    if (!plain || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.target !== '' || link.hasAttribute('download')) return;
    const { origin, pathname, search } = new URL(link.href, location.href);
    if (origin !== location.origin || placeOf(pathname) === null) return;
    event.preventDefault();
    this.go(pathname + search);
  }
}
