// Nobody who is not signed in gets anything from the running listeners but what is public.
import description from '../../../console/src/generated/openapi.json' with { type: 'json' };
import { hire } from '../person.ts';
import { expect, test } from '../proof.ts';
import { stage } from '../stage.ts';

/** The rows that are public in the table of rights, by listener. */
const PUBLIC: Record<string, string[]> = {
  [stage.public]: [
    'GET /health',
    'GET /about',
    'POST /account-link/open',
    'POST /account-link/judge',
    'POST /account-link/finish',
    'POST /sign-in',
    'GET /signal/customer',
    'POST /rating',
  ],
  // A ticket opens the socket.
  [stage.administration]: ['GET /health', 'POST /sign-in', 'POST /console/sign-in', 'GET /live/socket'],
};

/** Words that stand only in what is not public. */
async function secrets(): Promise<string[]> {
  const person = await hire('operator');
  return [person.id, person.name];
}

test('every route of the description answers nothing to nobody', async ({ request }) => {
  const hidden = await secrets();
  for (const host of [stage.public, stage.administration]) {
    for (const [pattern, verbs] of Object.entries(description.paths)) {
      const path = pattern.replaceAll(/\{[^}]+\}/gu, 'u-0000000000000000');
      for (const method of Object.keys(verbs)) {
        const row = `${method.toUpperCase()} ${pattern.replace('/api/v1', '')}`;
        const answer = await request.fetch(`https://${host}${path}`, { method });
        const text = await answer.text();
        const status = answer.status();
        if (!PUBLIC[host]?.includes(row)) expect([401, 404], `${host} ${row}: ${text}`).toContain(status);
        else if (row !== 'GET /health' && row !== 'GET /about') expect([400, 401, 403, 404], row).toContain(status);
        for (const word of hidden) expect(text, row).not.toContain(word);
      }
    }
  }
});

test('every address of the console is the same empty page', async ({ request }) => {
  const hidden = await secrets();
  const pages = ['', '/sessions', '/sessions/x', '/graphs', '/people', '/people/x', '/groups', '/groups/x', '/alerts'];
  pages.push('/policy', '/audit', '/reviews', '/reviews/2026-10', '/system', '/tokens', '/nowhere');
  const bodies = new Set<string>();
  for (const page of pages) {
    const answer = await request.get(`${stage.console}/console${page}`);
    expect(answer.status(), page).toBe(200);
    bodies.add(await answer.text());
    expect((await request.get(`https://${stage.public}/console${page}`)).status(), page).toBe(404);
    expect((await request.post(`${stage.console}/console${page}`)).ok(), page).toBe(false);
  }
  expect(bodies.size).toBe(1);
  for (const word of hidden) expect([...bodies].join()).not.toContain(word);
  for (const path of ['/assets/', '/assets/..%2findex.html', '/.git/config', '/metrics']) {
    for (const host of [stage.public, stage.administration])
      expect((await request.get(`https://${host}${path}`)).status(), `${host}${path}`).not.toBe(200);
  }
});
