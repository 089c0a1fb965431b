// The broker's API for whoever is signed in: every request and answer as the generated description says.
import type { paths } from '../generated/api.ts';
import { receive, send, type Refusal, type Result } from '../wire.ts';

type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete';

type Full<P extends string> = `/api/v1${P}`;
type Below<P> = P extends Full<infer Rest> ? Rest : never;

/** The paths below `/api/v1` that have a verb. */
type PathOf<V extends Verb> = Below<
  { [P in keyof paths]: paths[P][V] extends { responses: unknown } ? P : never }[keyof paths]
>;
type Operation<V extends Verb, P extends string> = Full<P> extends keyof paths ? paths[Full<P>][V] : never;

type Places<O> = O extends { parameters: { path: infer T extends object } } ? { path: T } : object;
type Query<O> = O extends { parameters: { query: infer T extends object } }
  ? { query: T }
  : O extends { parameters: { query?: infer T extends object } }
    ? { query?: T }
    : object;
type Body<O> = O extends { requestBody: { content: { 'application/json': infer T } } } ? { body: T } : object;
/** What is sensitive can't be asked for without a reason. */
type Reason<O> = O extends { parameters: { header: { 'beside-reason': string } } } ? { reason: string } : object;
type Asked<O> = Places<O> & Query<O> & Body<O> & Reason<O>;
type Rest<A> = object extends A ? [asked?: A] : [asked: A];

type Json<R, Status extends number> = R extends { [S in Status]: { content: { 'application/json': infer T } } }
  ? T
  : undefined;
type Value<O> = O extends { responses: infer R } ? Json<R, 200> | Json<R, 201> : never;
/** What an operation answers; `undefined` if it has nothing to say. */
export type Answer<V extends Verb, P extends PathOf<V>> =
  NonNullable<Value<Operation<V, P>>> extends never ? undefined : NonNullable<Value<Operation<V, P>>>;

/** Any request, for those that describe one. */
interface Loose {
  path?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  reason?: string;
}

/** What happens to the sign-in while requests go out. */
export interface Watcher {
  /** The broker answered: the sign-in was used just now. */
  used: () => void;
  /** The broker no longer knows the sign-in. */
  ended: (problem: Refusal) => void;
}

export class Api {
  /** Goes with every request that changes something. */
  csrf = '';
  readonly #watcher: Watcher;

  constructor(watcher: Watcher) {
    this.#watcher = watcher;
  }

  async ask<V extends Verb, P extends PathOf<V>>(
    verb: V,
    path: P,
    ...[asked]: Rest<Asked<Operation<V, P>>>
  ): Promise<Result<Answer<V, P>>> {
    const { body, ...rest } = (asked ?? {}) as Loose;
    const request = { method: verb.toUpperCase(), path: address(path, rest), headers: this.#headers(verb, rest), body };
    return this.#watched(await send<Answer<V, P>>(request));
  }

  /** A file, as it is exported. */
  async file<P extends '/sessions/export' | '/audit/export'>(
    path: P,
    asked: Asked<Operation<'get', P>>,
    progress: (bytes: number) => void,
  ): Promise<Result<Blob>> {
    const rest = asked as Loose;
    const request = { method: 'GET', path: address(path, rest), headers: this.#headers('get', rest) };
    return this.#watched(await receive(request, progress));
  }

  #headers(verb: Verb, { reason }: Loose): Record<string, string> {
    return {
      ...(verb !== 'get' && { 'beside-csrf': this.csrf }),
      ...(reason !== undefined && { 'beside-reason': encodeURIComponent(reason) }),
    };
  }

  #watched<T>(result: Result<T>): Result<T> {
    const code = result.ok ? null : result.problem.code;
    if (!result.ok && code === 'signed_out') this.#watcher.ended(result.problem);
    else if (code !== 'broker_unreachable' && code !== 'broker_lost') this.#watcher.used();
    return result;
  }
}

/** A path with its places filled in and its query; what is not asked for is left out. */
export function address(path: string, { path: places = {}, query = {} }: Loose): string {
  const filled = path.replace(/\{(\w+)\}/gu, (_, name: string) => encodeURIComponent(places[name] ?? ''));
  const asked = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const text = new URLSearchParams(asked.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? filled : `${filled}?${text}`;
}
