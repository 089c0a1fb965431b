// Stands in for the broker behind the console: answers what a signed-in browser asks, and keeps what was asked.
import type { Page, Route } from '@playwright/test';

import type { Role } from '../../console/src/generated/api.ts';
import { origin, type Refusal } from './broker.ts';
import { answers, NOW, type Answers } from './console-data.ts';
import { casts } from './people.ts';
import type { Language } from './run.ts';

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: unknown;
}

const CSRF = 'csrf-of-this-sign-in';

export class FakeConsoleBroker {
  readonly data: Answers;
  readonly asked: Asked[] = [];
  role: Role = 'administrator';
  signedIn = true;
  /** Until when sensitive things may be done, Unix milliseconds. */
  steppedUpUntil = 0;
  /** Answers that go before the usual ones, by method and path. */
  readonly instead = new Map<string, { value: unknown } | Refusal>();
  /** What the live socket sends; nothing keeps it closed. */
  live: unknown;
  readonly name: string;

  constructor(language: Language) {
    this.data = answers(language);
    this.live = this.data.live;
    this.name = casts[language].helper.name ?? '';
  }

  async install(page: Page): Promise<void> {
    await page.route('**/api/v1/**', (route) => this.#answer(route));
    await page.routeWebSocket('**/api/v1/live/socket?**', (socket) => {
      if (this.live === null) void socket.close();
      else socket.send(JSON.stringify(this.live));
    });
  }

  of(method: string, path: string): Asked[] {
    return this.asked.filter((asked) => asked.method === method && asked.path === path);
  }

  async #answer(route: Route): Promise<void> {
    const request = route.request();
    const url = new URL(request.url());
    const path = url.pathname.slice('/api/v1'.length);
    const method = request.method();
    this.asked.push({
      method,
      path,
      query: url.searchParams,
      headers: request.headers(),
      body: request.postDataJSON(),
    });
    const instead = this.instead.get(`${method} ${path}`);
    if (instead === 'silent') return;
    if (instead === 'cut') return route.abort('connectionreset');
    if (instead !== undefined && !('value' in instead)) return refuse(route, instead);
    if (path === '/console/sign-in') {
      this.signedIn = true;
      return route.fulfill({ json: { account: { id: 'u-0', name: this.name, role: this.role }, csrf: CSRF } });
    }
    if (!this.signedIn) return refuse(route, { status: 401, code: 'signed_out' });
    if (method !== 'GET' && request.headers()['beside-csrf'] !== CSRF)
      return refuse(route, { status: 403, code: 'forbidden' });
    const value = instead ? instead.value : this.#value(method, path, url.searchParams);
    if (value === undefined) return route.fulfill({ status: 204 });
    if (typeof value === 'string') return route.fulfill({ body: value, contentType: 'text/csv; charset=utf-8' });
    return route.fulfill({ json: value });
  }

  #value(method: string, path: string, query: URLSearchParams): unknown {
    const { data } = this;
    const [, top = '', id, below] = path.split('/');
    switch (`${method} /${top}${id === undefined ? '' : '/*'}${below === undefined ? '' : `/${below}`}`) {
      case 'GET /own':
        return {
          id: 'u-0',
          name: this.name,
          role: this.role,
          second_factor: true,
          recovery_codes: 10,
          csrf: CSRF,
          ...(this.steppedUpUntil > NOW && { stepped_up_until: this.steppedUpUntil }),
        };
      case 'POST /step-up':
        this.steppedUpUntil = NOW + 300_000;
        return { csrf: CSRF, until: this.steppedUpUntil };
      case 'POST /sign-out':
        this.signedIn = false;
        return undefined;
      case 'POST /live/*':
        return { ticket: 'one-time' };
      case 'GET /health':
        return { status: 'ok' };
      case 'GET /sessions':
        return { items: data.sessions };
      case 'GET /sessions/*':
        return id === 'export' ? '\uFEFFsid\r\nsession-0\r\n' : data.detail;
      case 'GET /backups':
        return data.backups;
      case 'GET /outlets':
        return data.outlets;
      case 'GET /statistics':
        return data.statistics(
          Number(query.get('from')),
          Number(query.get('before')),
          query.get('bucket') ?? 'day',
          query.get('split') ?? 'nothing',
        );
      case 'GET /accounts':
        return { items: data.accounts };
      case 'GET /accounts/*':
        return data.accounts.find((one) => one.id === id) ?? data.accounts[0];
      case 'POST /accounts':
        return {
          id: 'u-99',
          link: `${origin}/account#dGhpcyBpcyBubyByZWFsIHRva2VuLCBidXQgYXMgbG9uZw`,
          expires_at: NOW + 72 * 3_600_000,
        };
      case 'GET /accounts/*/addresses':
      case 'GET /groups/*/addresses':
        return data.addresses;
      case 'GET /accounts/*/hours':
        return { hours: null };
      case 'GET /groups/*/hours':
        return { hours: data.hours };
      case 'GET /groups':
        return data.groups;
      case 'GET /alerts':
        return {
          items: query.get('seen') === 'false' ? data.alerts.filter((one) => one.seen_at == null) : data.alerts,
        };
      case 'GET /blocks':
        return data.blocks;
      case 'GET /policy':
        return data.policy;
      case 'GET /audit/*':
        return data.review.verification;
      case 'GET /audit':
        return { items: data.audit };
      case 'GET /reviews':
        return data.reviews;
      case 'GET /reviews/*':
        return data.review;
      case 'GET /tokens':
        return data.tokens;
      default:
        return undefined;
    }
  }
}

function refuse(route: Route, refusal: Exclude<Refusal, string>): Promise<void> {
  const problem = { type: 'about:blank', title: refusal.code, ...refusal };
  return route.fulfill({ status: refusal.status, contentType: 'application/problem+json', json: problem });
}
