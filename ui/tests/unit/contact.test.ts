// A contact leads where it says, or nowhere.
import { describe, expect, it } from 'vitest';

import { contactOf } from '../../console/src/pages/public/contact.ts';

const shown = (written: string) => {
  const { text, href } = contactOf(written);
  return [text.join(''), href];
};

describe('a contact', () => {
  it.each([
    ['security@daonbank.example', 'security@daonbank.example', 'mailto:security@daonbank.example'],
    [' mailto:security@daonbank.example ', 'security@daonbank.example', 'mailto:security@daonbank.example'],
    ['https://daonbank.example/security?a=b', 'daonbank.example/security?a=b', 'https://daonbank.example/security?a=b'],
  ])('%s leads there', (written, text, href) => expect(shown(written)).toEqual([text, href]));

  it.each([
    'javascript:alert(1)//a@b',
    'data:text/html,<script>alert(1)</script>',
    'http://daonbank.example/',
    'https://',
    'a@b?subject=x&body=y',
    'Room 4, Harbour Street 12',
  ])('%s is only shown', (written) => expect(shown(written)).toEqual([written, null]));

  it('may break after the sign of a mail address and before a dot', () => {
    expect(contactOf('security@daon.example').text).toEqual(['security@', 'daon', '.example']);
  });
});
