// The one-time token of an account link stands in the fragment, which no server and no log ever sees.

/** Takes the token and removes it from the address bar, and with it from the browser's history. */
export function takeToken(): string | null {
  const token = location.hash.slice(1);
  if (token === '') return null;
  history.replaceState(null, '', location.pathname + location.search);
  return token;
}
