// Whatever the broker has a name for has words here: the names come from the broker's own sources.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { knownActions } from '../../../console/src/app/words/actions.ts';
import { alertKinds } from '../../../console/src/app/words/alerts.ts';
import { reviewSections } from '../../../console/src/app/words/reviews.ts';

const source = (path: string) => readFileSync(join(import.meta.dirname, '../../../../broker', path), 'utf8');

function names(path: string, pattern: RegExp): string[] {
  const found = [...source(path).matchAll(pattern)].map((match) => match[1] ?? '');
  expect(found.length).toBeGreaterThan(10);
  return found.sort();
}

describe('words of the console', () => {
  it('exist for every action of the log', () => {
    expect([...knownActions].sort()).toEqual(names('src/audit/action.rs', /^ {4}\w+ = "([a-z_]+\.[a-z_]+)",$/gmu));
  });

  it('exist for every alert', () => {
    expect([...alertKinds].sort()).toEqual(names('core/src/alarms/alert.rs', /^ {4}\w+ = "([a-z_]+)",$/gmu));
  });

  it('exist for every section of a review', () => {
    expect([...reviewSections].sort()).toEqual(names('src/http/reviews/report.rs', /^ {4}\("([a-z_]+)", /gmu));
  });
});
