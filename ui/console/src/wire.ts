// One request to the broker. What comes back is a value or a problem; nothing is thrown.
import type { ErrorCode } from '@beside/kit/generated/ErrorCode.ts';
import { errorForOperator } from '@beside/kit/words/errors.ts';

/** Passwords are hashed behind a queue; still nobody waits longer than this. */
const ANSWER_MS = 10_000;

/** Why there is no value: RFC 9457, as far as a page can use it. */
export interface Refusal {
  code: ErrorCode;
  /** Seconds after which another try makes sense. */
  retryAfter: number | null;
  /** What exactly is wrong with what was sent: stable names. */
  reasons: string[];
  /** What to solve before another try. */
  challenge: string | null;
}

export type Result<T> = { ok: true; value: T } | { ok: false; problem: Refusal };

export interface Request {
  method: string;
  /** Below `/api/v1`, with its query. */
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** Sends a request; an answer without content is `undefined`. */
export async function send<T>(request: Request): Promise<Result<T>> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), ANSWER_MS);
  try {
    const response = await begin(request, patience.signal);
    const text = await response.text();
    if (!response.ok) return { ok: false, problem: refusalOf(text) };
    return { ok: true, value: (text === '' ? undefined : JSON.parse(text)) as T };
  } catch (error) {
    return { ok: false, problem: fault(error instanceof SyntaxError ? 'broker_misbehaved' : 'broker_unreachable') };
  } finally {
    clearTimeout(timer);
  }
}

/** Sends a request whose answer is a file. `progress` is told how many bytes have come. A file that broke off is none. */
export async function receive(request: Request, progress: (bytes: number) => void): Promise<Result<Blob>> {
  try {
    const response = await begin(request);
    if (!response.ok) return { ok: false, problem: refusalOf(await response.text()) };
    let bytes = 0;
    const counted = response.body?.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(piece, controller) {
          bytes += piece.length;
          progress(bytes);
          controller.enqueue(piece);
        },
      }),
    );
    const type = response.headers.get('Content-Type') ?? 'application/octet-stream';
    return { ok: true, value: await new Response(counted ?? null, { headers: { 'Content-Type': type } }).blob() };
  } catch (error) {
    return { ok: false, problem: fault(error instanceof SyntaxError ? 'broker_misbehaved' : 'broker_lost') };
  }
}

/** A problem that the page itself found. */
export function fault(code: ErrorCode): Refusal {
  return { code, retryAfter: null, reasons: [], challenge: null };
}

function begin({ method, path, body, headers }: Request, signal?: AbortSignal): Promise<Response> {
  return fetch(`/api/v1${path}`, {
    method,
    ...(signal && { signal }),
    cache: 'no-store',
    redirect: 'error',
    headers: { ...headers, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** An answer that is no problem document comes from something between here and the broker. */
function refusalOf(text: string): Refusal {
  const told = JSON.parse(text) as { [key in 'code' | 'retry_after' | 'reasons' | 'challenge']?: unknown };
  return {
    code: isErrorCode(told.code) ? told.code : 'broker_misbehaved',
    retryAfter: typeof told.retry_after === 'number' ? told.retry_after : null,
    reasons: Array.isArray(told.reasons) ? told.reasons.filter((reason) => typeof reason === 'string') : [],
    challenge: typeof told.challenge === 'string' ? told.challenge : null,
  };
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorForOperator, code);
}
