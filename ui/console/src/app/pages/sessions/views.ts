// Views under a name: a query of the sessions' page, kept in this browser for one account.
import { keep, kept } from '../../kept.ts';

export interface View {
  name: string;
  query: string;
}

/** Views kept at most; the oldest goes. */
export const VIEWS_MOST = 20;
export const NAME_MOST = 40;

const key = (account: string): string => `views.${account}`;

function areViews(value: unknown): value is View[] {
  const isView = (view: unknown): boolean =>
    typeof view === 'object' &&
    view !== null &&
    'name' in view &&
    typeof view.name === 'string' &&
    'query' in view &&
    typeof view.query === 'string';
  return Array.isArray(value) && value.every(isView);
}

export const viewsOf = (account: string): View[] => kept(key(account), [], areViews);

/** With another view, which takes the place of one of the same name. */
export function withView(views: View[], view: View): View[] {
  const name = view.name.trim().slice(0, NAME_MOST);
  return [...views.filter((one) => one.name !== name), { ...view, name }].slice(-VIEWS_MOST);
}

export const withoutView = (views: View[], name: string): View[] => views.filter((view) => view.name !== name);

export const keepViews = (account: string, views: View[]): void => keep(key(account), views);
