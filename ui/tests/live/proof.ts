// Every proof has an ear on its pages: whatever the content security policy refuses, every error, every dialog and every
// request that leaves the broker makes it fail.
import { test as base, type BrowserContext } from '@playwright/test';

import { stage } from './stage.ts';

export { expect } from '@playwright/test';

/** What the pages of a browser did that none of them may. */
export async function watch(context: BrowserContext): Promise<string[]> {
  const problems: string[] = [];
  await context.exposeBinding('violated', (_, text: string) => problems.push(`refused by the policy: ${text}`));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const { violated } = globalThis as unknown as { violated: (text: string) => void };
      violated(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  context.on('request', (request) => {
    const own = [stage.console, `blob:${stage.console}`].some((origin) => request.url().startsWith(`${origin}/`));
    if (!own) problems.push(`left the broker: ${request.url()}`);
  });
  context.on('console', (line) => {
    // That the broker refuses something is no fault of the page.
    const refusal = line.location().url.includes('/api/v1/');
    if (line.type() === 'error' && !refusal) problems.push(`console: ${line.text()}`);
  });
  context.on('weberror', (error) => problems.push(`error: ${error.error().message}`));
  context.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return problems;
}

export const test = base.extend<{ problems: string[] }>({
  problems: [
    async ({ context }, use) => {
      const problems = await watch(context);
      await use(problems);
      base.expect(problems).toEqual([]);
    },
    { auto: true },
  ],
});
