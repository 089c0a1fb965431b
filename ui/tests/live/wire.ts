// The broker's API from outside a browser, with a bearer token: how tests bring about what pages then show.
import { expect } from '@playwright/test';

import type { Person } from './person.ts';
import { stage } from './stage.ts';

export class Wire {
  readonly #root: string;
  readonly #token: string;

  private constructor(root: string, token: string) {
    this.#root = root;
    this.#token = token;
  }

  /** Signs in, operators where they work and all others where it is administered, and proves it again where that is due. */
  static async open(person: Person): Promise<Wire> {
    const listener = person.role === 'operator' ? stage.public : stage.administration;
    const outside = new Wire(`https://${listener}/api/v1`, '');
    const { name, password } = person;
    const second_factor = await person.authenticator.code();
    const { token } = await outside.ask<{ token: string }>('POST', '/sign-in', {
      body: { name, password, second_factor },
    });
    const inside = new Wire(outside.#root, token);
    if (person.role === 'administrator')
      await inside.ask('POST', '/step-up', { body: { second_factor: await person.authenticator.code() } });
    return inside;
  }

  get authorization(): { authorization: string } {
    return { authorization: `Bearer ${this.#token}` };
  }

  async ask<T>(method: string, path: string, { body, reason }: { body?: unknown; reason?: string } = {}): Promise<T> {
    const answer = await this.try(method, path, { body, reason });
    const text = await answer.text();
    expect(answer.ok, `${method} ${path}: ${text}`).toBe(true);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Likewise, for what may be refused. */
  try(method: string, path: string, { body, reason }: { body?: unknown; reason?: string } = {}): Promise<Response> {
    return fetch(this.#root + path, {
      method,
      headers: {
        ...(this.#token !== '' && this.authorization),
        ...(reason !== undefined && { 'beside-reason': encodeURIComponent(reason) }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }
}
