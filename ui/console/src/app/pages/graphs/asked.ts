// Which figures: what the address bar says, and what the broker is asked.
import type { operations, Statistics } from '../../../generated/api.ts';
import type { Result } from '../../../wire.ts';
import type { Api } from '../../api.ts';
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

type Query = operations['GET /statistics']['parameters']['query'];

/** Asks for the figures. Many operators in many steps are more than the broker answers at once: no graph shows the steps of
 * its parts, so these are then asked for apart, in the longest ones. */
export async function readFigures(api: Api, query: Query, span: Span): Promise<Result<Statistics>> {
  const all = await api.ask('get', '/statistics', { query });
  if (all.ok || !all.problem.reasons.includes('too_many_buckets')) return all;
  const { split, ...whole } = query;
  const [figures, parts] = await Promise.all([
    api.ask('get', '/statistics', { query: whole }),
    api.ask('get', '/statistics', { query: { ...whole, split, bucket: bucketsFor(span).at(-1) ?? query.bucket } }),
  ]);
  if (!figures.ok) return figures;
  return parts.ok ? { ok: true, value: { ...figures.value, parts: parts.value.parts } } : parts;
}

export function figuresOf({ span, bucket, operator, group, device, split }: Asked): Query {
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
