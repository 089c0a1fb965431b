// Which sessions: the filters as the address bar has them, and as the broker is asked.
import type { EndReason } from '@beside/kit/generated/EndReason.ts';

import type { operations } from '../../../generated/api.ts';
import { readSpan, type Span } from '../../time/periods.ts';
import { isEndReason } from '../../words/sessions.ts';

export interface Filters {
  /** Any time without it. */
  span: Span | null;
  /** An operator's id. */
  operator: string;
  end: EndReason | '';
}

type Asked = NonNullable<operations['GET /sessions']['parameters']['query']>;

/** What the address bar says; what it doesn't know is left out. */
export function readFilters(query: URLSearchParams, now: number): Filters {
  const end = query.get('end') ?? '';
  return { span: readSpan(query, now), operator: query.get('operator') ?? '', end: isEndReason(end) ? end : '' };
}

/** The filters as the list and the export take them. */
export function askedFor({ span, operator, end }: Filters): Asked {
  return {
    ...(span && { from: span.from, before: span.before }),
    ...(operator !== '' && { operator }),
    ...(end !== '' && { end }),
  };
}

export const isFiltered = ({ span, operator, end }: Filters): boolean => span !== null || operator !== '' || end !== '';
