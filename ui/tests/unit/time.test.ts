import { afterEach, describe, expect, it } from 'vitest';

import { overwriteGetLocale } from '../../kit/src/paraglide/runtime.js';
import { initials } from '../../kit/src/people.ts';
import { clockText, leftText, lengthText, minutesText } from '../../kit/src/time.ts';

describe('times', () => {
  afterEach(() => overwriteGetLocale(() => 'en'));

  it('pass in whole seconds and never read 0:00 while there is time left', () => {
    expect(clockText(59_999)).toBe('0:59');
    expect(clockText(3_724_000)).toBe('1:02:04');
    overwriteGetLocale(() => 'en');
    expect(leftText(1)).toBe('0:01');
    expect(leftText(503_500)).toBe('8:24');
  });

  it('are said as each language says them', () => {
    overwriteGetLocale(() => 'ko');
    expect([leftText(504_000), leftText(40_000), minutesText(1_800), lengthText(1_080_000)]).toEqual([
      '8분 24초',
      '40초',
      '30분',
      '18분',
    ]);
    overwriteGetLocale(() => 'ja');
    expect([leftText(504_000), minutesText(60), lengthText(1_080_000)]).toEqual(['8分24秒', '1分間', '18分']);
  });
});

describe('initials', () => {
  it('are what people of each language expect', () => {
    expect(['Minji Kim', '김민지', '佐藤 美咲', 'Cher', 'Anna Maria Lopez', ''].map(initials)).toEqual([
      'MK',
      '민',
      '佐',
      'C',
      'AL',
      '',
    ]);
  });
});
