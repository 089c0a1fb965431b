// Both apps as the broker sees them (docs/protocol-signalling.md): their sockets and what they say there. What the broker
// only passes on, the handshake and the session itself, stands here as bytes of the right length.
import { randomBytes } from 'node:crypto';

import { expect } from '@playwright/test';
import { WebSocket } from 'ws';

import type { Person } from './person.ts';
import { stage } from './stage.ts';
import { Wire } from './wire.ts';

const M1 = { length: 51, head: Buffer.from([1, 1, 1]) };
const M2 = { length: 170, head: Buffer.from([2]) };

type Message = { type: string } & Record<string, unknown>;

class Socket {
  readonly #socket: WebSocket;
  readonly #heard: Message[] = [];

  constructor(path: string, headers: Record<string, string> = {}) {
    this.#socket = new WebSocket(`wss://${stage.public}/api/v1/signal/${path}`, { headers });
    this.#socket.on('message', (data: Buffer, binary) => {
      if (!binary) this.#heard.push(JSON.parse(data.toString()) as Message);
    });
    this.#socket.on('error', ({ message }) => this.#heard.push({ type: `error: ${message}` }));
    this.#socket.on('close', (code, reason) => this.#heard.push({ type: `closed: ${code} ${reason.toString()}` }));
  }

  async say(message: Message): Promise<void> {
    await expect.poll(() => this.#socket.readyState).toBe(WebSocket.OPEN);
    this.#socket.send(JSON.stringify(message));
  }

  /** The next message of a kind. */
  async hear(type: string): Promise<Message> {
    await expect.poll(() => this.#heard.map((message) => message.type)).toContain(type);
    const place = this.#heard.findIndex((message) => message.type === type);
    const [message] = this.#heard.splice(place, 1);
    return message ?? { type };
  }

  close(): void {
    this.#socket.close();
  }
}

/** An operator's manager. */
export class Manager extends Socket {
  readonly wire: Wire;

  private constructor(wire: Wire) {
    super('operator', wire.authorization);
    this.wire = wire;
  }

  static async open(operator: Person): Promise<Manager> {
    return new Manager(await Wire.open(operator));
  }

  /** The next code that is shown: there is a further one as soon as somebody knocks with the one before. */
  async code(): Promise<string> {
    return String((await this.hear('code'))['code']);
  }

  async accept(): Promise<void> {
    const { sid } = await this.hear('knock');
    await this.say({ type: 'accept', sid, m2: bytes(M2.head, M2.length) });
  }

  async decline(): Promise<void> {
    const { sid } = await this.hear('knock');
    await this.say({ type: 'decline', sid });
  }
}

/** A customer's app, in one session. */
export class Client extends Socket {
  readonly sid: string;
  readonly #m1: string;
  #token = '';

  constructor() {
    super('customer');
    const sid = randomBytes(16);
    this.sid = sid.toString('base64url');
    this.#m1 = bytes(Buffer.concat([M1.head, sid]), M1.length);
  }

  /** Types a code, and a name if there is one. */
  async knock(code: string, name?: string): Promise<void> {
    await this.say({ type: 'knock', code, m1: this.#m1 });
    this.#token = String((await this.hear('waiting'))['token']);
    if (name !== undefined) await this.say({ type: 'name', sid: this.sid, text: name });
  }

  async tell(event: Record<string, unknown>): Promise<void> {
    await this.say({ type: 'event', sid: this.sid, event });
  }

  /** Lets the operator see, over the relay. */
  async begin(): Promise<void> {
    await this.hear('accepted');
    await this.tell({ kind: 'verdict', accepted: true });
    await this.tell({ kind: 'granted', right: 'view', seconds: 1_800 });
    await this.tell({ kind: 'path', path: 'relay', delay_ms: 24 });
  }

  /** Presses Stop, and waits until the broker has taken that up. */
  async stop(manager: Manager): Promise<void> {
    await this.say({ type: 'end', sid: this.sid, end: { by: 'customer', reason: 'stopped' } });
    await manager.hear('end');
  }

  async rate(rating: { solved?: boolean; felt?: string }): Promise<void> {
    const body = JSON.stringify({ sid: this.sid, token: this.#token, rating });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`https://${stage.public}/api/v1/rating`, { method: 'POST', headers, body });
    expect(answer.ok, await answer.text()).toBe(true);
  }
}

/** A message of the handshake: its head, then anything. */
function bytes(head: Buffer, length: number): string {
  return Buffer.concat([head, randomBytes(length - head.length)]).toString('base64url');
}
