// Which sessions: the filters as the address bar has them, and as the broker is asked.
import type { EndReason } from '@beside/kit/generated/EndReason.ts';

import type { operations, Outcome } from '../../../generated/api.ts';
import { readSpan, type Span } from '../../time/periods.ts';
import { isEndReason, isOutcome } from '../../words/sessions.ts';

export interface Filters {
  /** Any time without it. */
  span: Span | null;
  /** An operator's id. */
  operator: string;
  /** A group's id. */
  group: string;
  end: EndReason | '';
  outcome: Outcome | '';
  tag: string;
}

type Asked = NonNullable<operations['GET /sessions']['parameters']['query']>;

/** What the address bar says; what it doesn't know is left out. */
export function readFilters(query: URLSearchParams, now: number): Filters {
  const end = query.get('end') ?? '';
  const outcome = query.get('outcome') ?? '';
  return {
    span: readSpan(query, now),
    operator: query.get('operator') ?? '',
    group: query.get('group') ?? '',
    end: isEndReason(end) ? end : '',
    outcome: isOutcome(outcome) ? outcome : '',
    tag: query.get('tag') ?? '',
  };
}

/** The filters as the list and the export take them. */
export function askedFor({ span, operator, group, end, outcome, tag }: Filters): Asked {
  return {
    ...(span && { from: span.from, before: span.before }),
    ...(operator !== '' && { operator }),
    ...(group !== '' && { group }),
    ...(end !== '' && { end }),
    ...(outcome !== '' && { outcome }),
    ...(tag.trim() !== '' && { tag: tag.trim() }),
  };
}

export const isFiltered = (filters: Filters): boolean => Object.keys(askedFor(filters)).length > 0;
