// Which figures: what the address bar says, and what the broker is asked.
import type { operations } from '../../../generated/api.ts';
import { timeZone } from '../../format.ts';
import { bucketsFor, isBucket, readSpan, spanOf, usualBucket, type Bucket, type Span } from '../../time/periods.ts';

export const USUAL_PERIOD = '28d';

export const splits = ['operator', 'group', 'customer'] as const;
export type Split = (typeof splits)[number];

export interface Asked {
  span: Span;
  bucket: Bucket;
  operator: string;
  group: string;
  /** The ID of a customer's computer, or `none`. */
  device: string;
  split: Split;
}

export function readAsked(query: URLSearchParams, now: number): Asked {
  const span = readSpan(query, now) ?? spanOf(USUAL_PERIOD, now);
  const bucket = query.get('bucket');
  return {
    span,
    bucket: isBucket(bucket) && bucketsFor(span).includes(bucket) ? bucket : usualBucket(span),
    operator: query.get('operator') ?? '',
    group: query.get('group') ?? '',
    device: query.get('device') ?? '',
    split: splits.find((split) => split === query.get('split')) ?? 'operator',
  };
}

export function figuresOf({
  span,
  bucket,
  operator,
  group,
  device,
  split,
}: Asked): operations['GET /statistics']['parameters']['query'] {
  return {
    ...span,
    bucket,
    zone: timeZone(),
    split,
    ...(operator !== '' && { operator }),
    ...(group !== '' && { group }),
    ...(device !== '' && { device }),
  };
}
