// Pages, filters and views as the address bar has them.
import { beforeEach, describe, expect, it } from 'vitest';

import { address } from '../../../console/src/app/api.ts';
import { figuresOf, readAsked } from '../../../console/src/app/pages/graphs/asked.ts';
import { askedFor, isFiltered, readFilters } from '../../../console/src/app/pages/sessions/filters.ts';
import {
  keepViews,
  viewsOf,
  VIEWS_MOST,
  withoutView,
  withView,
} from '../../../console/src/app/pages/sessions/views.ts';
import { linkTo, placeOf } from '../../../console/src/app/router.svelte.ts';
import { spanOf } from '../../../console/src/app/time/periods.ts';

const now = new Date(2026, 10, 22, 14, 5).getTime();

describe('a path', () => {
  it('leads to its page', () => {
    expect(placeOf('/console')).toEqual({ page: 'wall', id: '' });
    expect(placeOf('/console/')).toEqual({ page: 'wall', id: '' });
    expect(placeOf('/console/sessions')).toEqual({ page: 'sessions', id: '' });
    expect(placeOf('/console/sessions/a%2Fb')).toEqual({ page: 'session', id: 'a/b' });
    expect(placeOf('/console/reviews/2026-11')).toEqual({ page: 'review', id: '2026-11' });
  });

  it('leads nowhere if there is no page', () => {
    for (const path of [
      '/',
      '/account',
      '/consoles',
      '/console/nothing',
      '/console/sessions/a/b',
      '/console/sessions/%',
    ]) {
      expect(placeOf(path)).toBeNull();
    }
  });

  it('has only the values that there are', () => {
    expect(linkTo('/sessions', { operator: 'u-1', end: undefined, from: '' })).toBe('/console/sessions?operator=u-1');
    expect(linkTo('')).toBe('/console');
  });

  it('of the API holds whatever an id is made of', () => {
    expect(address('/groups/{group}/members/{account}', { path: { group: 'g/1', account: '?' } })).toBe(
      '/groups/g%2F1/members/%3F',
    );
    expect(address('/audit', { query: { action: 'a b', limit: 5, seen: false, cursor: undefined } })).toBe(
      '/audit?action=a+b&limit=5&seen=false',
    );
  });
});

describe('filters', () => {
  const read = (text: string) => readFilters(new URLSearchParams(text), now);

  it('are what the broker is asked for', () => {
    const filters = read('period=7d&operator=u-1&group=g-1&end=lost&outcome=solved&tag=+print+');
    expect(askedFor(filters)).toEqual({
      ...spanOf('7d', now),
      operator: 'u-1',
      group: 'g-1',
      end: 'lost',
      outcome: 'solved',
      tag: 'print',
    });
    expect(isFiltered(filters)).toBe(true);
  });

  it('that are unknown are left out', () => {
    const filters = read('period=ever&end=exploded&outcome=nice&tag=+');
    expect(askedFor(filters)).toEqual({});
    expect(isFiltered(filters)).toBe(false);
  });

  it('of graphs always have a period and a step that fits it', () => {
    const asked = readAsked(new URLSearchParams('bucket=hour&split=colour'), now);
    expect(asked).toMatchObject({ span: spanOf('28d', now), bucket: 'day', split: 'operator' });
    expect(readAsked(new URLSearchParams('period=today&bucket=hour&split=group'), now)).toMatchObject({
      bucket: 'hour',
      split: 'group',
    });
    expect(figuresOf({ ...asked, group: 'g-1' })).toMatchObject({ group: 'g-1', bucket: 'day' });
    expect(figuresOf(asked)).not.toHaveProperty('operator');
  });
});

describe('views', () => {
  beforeEach(() => localStorage.clear());

  it('are kept for one account, each under one name', () => {
    const views = withView(withView([], { name: ' Lost ', query: 'end=lost' }), {
      name: 'Today',
      query: 'period=today',
    });
    keepViews('u-1', withView(views, { name: 'Lost', query: 'end=lost&period=7d' }));
    expect(viewsOf('u-1')).toEqual([
      { name: 'Today', query: 'period=today' },
      { name: 'Lost', query: 'end=lost&period=7d' },
    ]);
    expect(viewsOf('u-2')).toEqual([]);
    expect(withoutView(viewsOf('u-1'), 'Today')).toHaveLength(1);
  });

  it('are bounded, and what is no view is ignored', () => {
    const many = Array.from({ length: VIEWS_MOST + 5 }, (_, index) => ({ name: `view ${index}`, query: '' }));
    expect(many.reduce(withView, [] as typeof many)).toHaveLength(VIEWS_MOST);
    localStorage.setItem('beside.views.u-1', '[{"name":1}]');
    expect(viewsOf('u-1')).toEqual([]);
    localStorage.setItem('beside.views.u-1', '{');
    expect(viewsOf('u-1')).toEqual([]);
  });
});
