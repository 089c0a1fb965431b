// Passwords that nobody has to think of.
import { describe, expect, it } from 'vitest';

import { generatePassword } from '../../console/src/pages/account/generate.ts';

const plain = { minimum_length: 12, mixed: false };

describe('a generated password', () => {
  it('is four groups of five letters that are not taken for one another', () => {
    for (let round = 0; round < 200; round += 1) {
      expect(generatePassword(plain)).toMatch(/^[abcdefghjkmnpqrstuvwxyz]{5}(-[abcdefghjkmnpqrstuvwxyz]{5}){3}$/u);
    }
  });

  it('is another one every time, and uses every letter', () => {
    const many = Array.from({ length: 500 }, () => generatePassword(plain));
    expect(new Set(many).size).toBe(500);
    expect(new Set(many.join('')).size).toBe(24);
  });

  it('favours no letter', () => {
    const counts = new Map<string, number>();
    for (const letter of Array.from({ length: 11_500 }, () => generatePassword(plain).replaceAll('-', '')).join('')) {
      counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
    // 10,000 of each are expected; chi-squared with 22 degrees of freedom exceeds 70 less than once in a million runs.
    const chi = [...counts.values()].reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chi).toBeLessThan(70);
  });

  it('has all kinds where they are asked for', () => {
    for (let round = 0; round < 200; round += 1) {
      const password = generatePassword({ minimum_length: 12, mixed: true });
      for (const kind of [/[a-z]/u, /[A-Z]/u, /[0-9]/u, /-/u]) expect(password).toMatch(kind);
    }
  });

  it('is drawn anew as long as a kind is missing', () => {
    const draws = [...Array<number>(20).fill(0), 0, 23, 46, ...Array<number>(17).fill(0)];
    const below = () => draws.shift() ?? 0;
    expect(generatePassword({ minimum_length: 12, mixed: true }, below)).toBe('aA2aa-aaaaa-aaaaa-aaaaa');
  });

  it('is as long as the rules ask', () => {
    expect(generatePassword({ minimum_length: 40, mixed: false }).length).toBeGreaterThanOrEqual(40);
  });
});
