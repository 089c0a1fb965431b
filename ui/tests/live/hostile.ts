// Words that somebody chose to do harm where they are shown, and what must never come of them.
import type { Page } from '@playwright/test';

import { expect } from './proof.ts';

/** Each fits a name's 64 bytes with a number behind it. */
export const hostile = [
  '<script>pwned=1</script>',
  '"><img src=x onerror=alert(1)>',
  "'><svg/onload=alert(2)>",
  '</td></table><h1>owned</h1>',
  'javascript:alert(3)',
  '<a href="javascript:alert(4)">x</a>',
  '{{7*7}}${alert(5)}{@html pwned}',
  '</style><style>*{display:none}',
  '<iframe srcdoc="<script>top.pwned=1">',
  '<math><mi//xlink:href="data:x,<script>alert(6)">',
  '&lt;b&gt;&#60;b&#62;%3Cb%3E\\u003cb',
  '<base href=//evil.example>',
  '<input autofocus onfocus=alert(7)>',
  '<!--><!]]>-->-->',
];

/** What a spreadsheet would run. */
export const formulas = ['=HYPERLINK("http://evil.example","x")', "+1+cmd|' /C calc'!A0", '-2+3', '@SUM(1+1)'];

/** What is seen elsewhere than where it stands, or not at all. */
export const unseen = ['safe\u202egnp.exe\u202c', 'a\u200bb\u200cc\ufeffd\u2066e\u2069', 'bell\u0007 and\u001b[31m'];

export const long = 'long <b>words</b> '.repeat(600);

/** Nothing on the page came out of such words, and no script of theirs ran. */
export async function expectInert(page: Page): Promise<void> {
  const found = await page.evaluate(() => {
    const elements = [
      'img[src=x]',
      'iframe',
      'object',
      'embed',
      'base',
      'math',
      'body script:not([src])',
      'body style:not(svg style)',
      'body h1 ~ h1',
      'a[href^="javascript:" i]',
      'input[onfocus]',
    ].filter((selector) => document.querySelector(selector) !== null);
    const handlers = [...document.querySelectorAll('*')]
      .flatMap((element) => [...element.attributes])
      .filter(({ name }) => name.startsWith('on'))
      .map(({ name, value }) => `${name}=${value}`);
    const away = [...document.querySelectorAll('a')]
      .filter(({ protocol, origin }) => protocol !== 'https:' || origin !== location.origin)
      .map(({ href }) => href);
    return [...elements, ...handlers, ...away, ...('pwned' in globalThis ? ['a script of theirs ran'] : [])];
  });
  expect(found, page.url()).toEqual([]);
}
