// Every code, end and message has words in every language.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { overwriteGetLocale } from '../../kit/src/paraglide/runtime.js';
import { endForCustomer, endForOperator } from '../../kit/src/words/ends.ts';
import { errorForCustomer, errorForOperator } from '../../kit/src/words/errors.ts';
import { passwordReason } from '../../kit/src/words/passwords.ts';
import { rightWord } from '../../kit/src/words/rights.ts';
import { roleWord } from '../../kit/src/words/roles.ts';

const languages = ['en', 'ko', 'ja'] as const;
const read = (path: string) => readFileSync(join(import.meta.dirname, '../../kit', path), 'utf8');
const messages = (language: string) => JSON.parse(read(`messages/${language}.json`)) as Record<string, string>;

/** The names of a generated union, from the file itself: types are gone when tests run. */
function union(name: string): string[] {
  const names = [...read(`src/generated/${name}.ts`).matchAll(/"([a-z_]+)"/gu)].map((match) => match[1] ?? '');
  expect(names.length).toBeGreaterThan(1);
  return names;
}

describe('messages', () => {
  const english = messages('en');

  it.each(languages)('%s has the same messages as English, none of them empty', (language) => {
    const own = messages(language);
    expect(Object.keys(own)).toEqual(Object.keys(english));
    expect(Object.entries(own).filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  it.each(languages)('%s uses no value that its message is not given', (language) => {
    const values = (text: string) => [...text.matchAll(/\{(\w+)\}/gu)].map((match) => match[1]).sort();
    // A language may leave a value out, as Japanese says whose request it is elsewhere, but never ask for another.
    const all = languages.map(messages);
    const other = Object.entries(messages(language)).filter(([key, text]) => {
      const given = all.flatMap((known) => values(known[key] ?? ''));
      return values(text).some((value) => !given.includes(value));
    });
    expect(other).toEqual([]);
  });

  it('are all used', () => {
    const sources = import.meta.glob<string>(
      ['../../{kit,client,manager,console}/src/**/*.{ts,svelte}', '!**/paraglide/**', '!**/generated/**'],
      { query: '?raw', import: 'default', eager: true },
    );
    const text = Object.values(sources).join('\n');
    const used = new Set([...text.matchAll(/\bm\.(\w+)/gu)].map((match) => match[1]));
    expect(Object.keys(english).filter((key) => !used.has(key))).toEqual([]);
  });

  it('never say OK, and never leave Korean or Japanese in English', () => {
    expect(Object.entries(english).filter(([, text]) => /\bOK\b/u.test(text))).toEqual([]);
    const foreign = Object.entries(english).filter(([, text]) => /[\p{Script=Hangul}\p{Script=Han}]/u.test(text));
    expect(foreign).toEqual([]);
  });

  it.each([
    ['ko', /\p{Script=Hangul}/u],
    ['ja', /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u],
  ])('%s is not left in English', (language, own) => {
    const same = ['product', 'actual', 'ms', 'fps', 'helper_named'];
    const foreign = Object.entries(messages(language)).filter(([key, text]) => !own.test(text) && !same.includes(key));
    expect(foreign).toEqual([]);
  });
});

describe.each(languages)('words of %s', (language) => {
  const said = (say: () => string) => {
    overwriteGetLocale(() => language);
    return say();
  };

  it('exist for every error code, for both sides', () => {
    for (const code of union('ErrorCode') as (keyof typeof errorForCustomer)[]) {
      expect(said(errorForCustomer[code])).toMatch(/\S/u);
      expect(said(errorForOperator[code])).toMatch(/\S/u);
      // A customer always hears what to do next.
      expect(said(errorForCustomer[code]).split('\n').length).toBe(2);
    }
  });

  it('exist for every end by every party, for both sides', () => {
    for (const party of union('Party') as (keyof typeof endForCustomer)[]) {
      for (const reason of union('EndReason') as (keyof (typeof endForCustomer)['nobody'])[]) {
        expect(said(endForCustomer[party][reason])).toMatch(/\S/u);
        expect(said(endForOperator[party][reason])).toMatch(/\S/u);
      }
    }
  });

  it('exist for every right', () => {
    for (const right of union('Right') as (keyof typeof rightWord)[]) expect(said(rightWord[right])).toMatch(/\S/u);
  });

  it('are another for every role and for every reason against a password', () => {
    const roles = Object.values(roleWord).map(said);
    const reasons = Object.values(passwordReason).map((words) =>
      said(() => words({ minimum_length: 12, mixed: false })),
    );
    expect(new Set(roles).size).toBe(4);
    expect(new Set(reasons).size).toBe(12);
    expect(said(() => passwordReason.too_short({ minimum_length: 15, mixed: false }))).toContain('15');
  });
});
