// People with accounts, made as an administrator makes them: on the broker's command line, and by the one-time link that
// a person follows. Each test has people of its own, since a code of an authenticator works once.
import { execFile } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

import { expect } from '@playwright/test';

import type { FinishedLink, OpenedLink, Role } from '../../console/src/generated/api.ts';
import { stage } from './stage.ts';

const run = promisify(execFile);
const STEP_MS = 30_000;
/** How long a code is good for at least: whoever types it on a busy machine takes a while. */
const TYPED_MS = 15_000;

export interface Person {
  id: string;
  name: string;
  role: Role;
  password: string;
  authenticator: Authenticator;
}

/** An authenticator app (RFC 6238, as everybody has it): it shows a code for each half minute. */
export class Authenticator {
  readonly #secret: Buffer;
  #shown = 0;

  constructor(secret: string) {
    this.#secret = base32(secret);
  }

  /** A code that was not shown before. The broker takes those of the half minutes beside the running one, too. */
  async code(): Promise<string> {
    const now = () => Math.floor(Date.now() / STEP_MS);
    const oldest = Math.floor((Date.now() + TYPED_MS) / STEP_MS) - 1;
    const step = Math.max(this.#shown + 1, oldest);
    await expect.poll(now, { timeout: 2 * STEP_MS }).toBeGreaterThanOrEqual(step - 1);
    this.#shown = step;
    return this.at(step);
  }

  at(step: number): string {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const mac = createHmac('sha1', this.#secret).update(counter).digest();
    const offset = (mac.at(-1) ?? 0) & 0xf;
    return String((mac.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
  }
}

function base32(text: string): Buffer {
  const bits = [...text.replaceAll('=', '')]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/gu) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** Something that no other test, and no run before on the same year, has named. */
export const unique = (name: string): string => `${name} ${randomBytes(3).toString('hex')}`;

/** The broker's command line. */
export async function command(...words: string[]): Promise<string> {
  const { stdout } = await run(stage.program, ['--config', stage.config, ...words]);
  return stdout;
}

/** Makes an account of this role, ready to sign in. */
export async function hire(role: Role, name = unique(role)): Promise<Person> {
  const made = JSON.parse(await command('user', 'add', '--role', role, '--json', name)) as {
    id: string;
    password: string;
    totp_secret?: string;
  };
  if (made.totp_secret !== undefined) {
    return { id: made.id, name, role, password: made.password, authenticator: new Authenticator(made.totp_secret) };
  }
  const link = (await command('user', 'link', name)).trim();
  return { id: made.id, name, role, ...(await follow(new URL(link).hash.slice(1))) };
}

/** Follows a link to an account as its page does: chooses a password, and sets a second factor up. */
export async function follow(token: string): Promise<Pick<Person, 'password' | 'authenticator'>> {
  const { totp } = await post<OpenedLink>('account-link/open', { token });
  const authenticator = new Authenticator(totp?.secret ?? '');
  const password = randomBytes(18).toString('base64url');
  await post<FinishedLink>('account-link/finish', { token, password, second_factor: await authenticator.code() });
  return { password, authenticator };
}

async function post<T>(path: string, body: unknown): Promise<T> {
  const answer = await fetch(`https://${stage.public}/api/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path} was refused: ${await answer.text()}`);
  return (await answer.json()) as T;
}
