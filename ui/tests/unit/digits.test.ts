import { beforeEach, describe, expect, it } from 'vitest';

import { digitsOf, grouped, spoken } from '../../kit/src/digits.ts';
import { overwriteGetLocale } from '../../kit/src/paraglide/runtime.js';

describe('digits', () => {
  beforeEach(() => overwriteGetLocale(() => 'en'));

  it('are what is left of anything typed or pasted', () => {
    expect(digitsOf('482 916')).toBe('482916');
    expect(digitsOf('Your code: 48-29-16.')).toBe('482916');
    expect(digitsOf('４８２９１６')).toBe('482916');
    expect(digitsOf('48a2')).toBe('482');
    expect(digitsOf('1234567890')).toBe('123456');
    expect(digitsOf('none')).toBe('');
  });

  it('are grouped so that a code never looks like a check number', () => {
    expect(grouped('123456', 'code')).toEqual(['123', '456']);
    expect(grouped('123456', 'number')).toEqual(['12', '34', '56']);
  });

  it('are spoken one by one', () => {
    expect(spoken('102')).toBe('one, zero, two');
    overwriteGetLocale(() => 'ko');
    expect(spoken('016')).toBe('공, 일, 육');
    overwriteGetLocale(() => 'ja');
    expect(spoken('479')).toBe('よん, なな, きゅう');
  });
});
