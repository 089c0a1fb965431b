// Every proof listens for what the content security policy refuses. This one shows that the ear hears, and that the real
// listener's policy refuses what it must.
import { expect, test } from '../proof.ts';
import { stage } from '../stage.ts';

test('script, style, frame and address of elsewhere are refused, and heard', async ({ page, problems }) => {
  const elsewhere = 'https://192.0.2.1';
  await page.goto('/console');
  await expect(page.getByTestId('signin-name')).toBeVisible();
  expect(problems).toEqual([]);
  await page.evaluate((address) => {
    const add = (name: string, attributes: Record<string, string>, text = '') => {
      const element = document.createElement(name);
      for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
      element.textContent = text;
      document.body.append(element);
    };
    add('script', {}, 'globalThis.ran = true');
    add('style', {}, 'body { color: red }');
    add('p', { style: 'color: red', onclick: 'globalThis.ran = true' });
    document.querySelector('p')?.click();
    add('script', { src: `${address}/a.js` });
    add('img', { src: `${address}/a.png` });
    add('iframe', { src: address });
    add('base', { href: address });
    void fetch(`${address}/a.json`).catch(() => undefined);
  }, elsewhere);
  const refused = ['script-src-elem inline', 'style-src-elem inline', 'script-src-attr inline', 'base-uri'];
  const external = ['script-src-elem', 'img-src', 'frame-src', 'connect-src'].map((one) => `${one} ${elsewhere}`);
  for (const one of [...refused, ...external])
    await expect.poll(() => problems.some((problem) => problem.includes(one)), one).toBe(true);
  expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false);
  expect(problems.filter((problem) => problem.startsWith('left the broker') && !problem.includes(elsewhere))).toEqual(
    [],
  );
  problems.splice(0);
});

test('both listeners send the policy and what belongs to it with every page', async ({ request }) => {
  for (const [host, paths] of [
    [stage.administration, ['/console', '/console/sessions', '/console/graphs?period=year', '/console/nowhere']],
    [stage.public, ['/', '/account']],
  ] as const) {
    for (const path of paths) {
      const headers = (await request.get(`https://${host}${path}`)).headers();
      const policy = new Set((headers['content-security-policy'] ?? '').split('; '));
      for (const part of ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
        expect(policy, path).toContain(part);
      expect([...policy].join(), path).not.toMatch(/unsafe|\*|data:|http/u);
      expect(headers, path).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      });
      expect(headers['strict-transport-security'], path).toMatch(/max-age=\d{8}/u);
    }
  }
});
