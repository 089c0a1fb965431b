import { expect, it } from 'vitest';

import { chips, tidy } from '../../manager/src/session/tags.ts';

it('offers the words of the house first and keeps what was typed', () => {
  expect(chips(['a', 'b'], ['c', 'b'])).toEqual(['a', 'b', 'c']);
});

it('offers a few, and all that are chosen', () => {
  const many = Array.from({ length: 30 }, (_, number) => `tag ${number}`);
  expect(chips(many, [])).toHaveLength(16);
  expect(chips(many, ['tag 25'])).toEqual([...many.slice(0, 16), 'tag 25']);
});

it('keeps a tag on one line', () => {
  expect(tidy('  네트워크 \n  프린터 ')).toBe('네트워크 프린터');
});
