// What goes on now, as the broker tells it over a socket: the whole picture at once, and again with each change.
import type { Result } from '../../../wire.ts';
import type { Live, Ticket } from '../../../generated/api.ts';

/** The first wait before another try; each further one is twice as long, up to the last. */
const WAIT_MS = 1_000;
const WAIT_MOST_MS = 30_000;

/** How long to wait before the try of this number, from 0 on. `part`: 0 to 1, so that not all browsers come at once. */
export function backOff(tries: number, part: number): number {
  return Math.min(WAIT_MS * 2 ** tries, WAIT_MOST_MS) * (0.75 + 0.5 * part);
}

/** Only those of some operators. */
export function only(picture: Live, seen: ReadonlySet<string> | null): Live {
  if (!seen) return picture;
  const own = ({ operator }: { operator: { id: string } }) => seen.has(operator.id);
  return {
    ...picture,
    operators: picture.operators.filter(own),
    waiting: picture.waiting.filter(own),
    running: picture.running.filter(own),
  };
}

export class LiveSocket {
  picture = $state.raw<Live | null>(null);
  /** The socket is open: the picture is what is so now. */
  live = $state(false);
  /** By how much the broker's clock is ahead of this one, in milliseconds. */
  ahead = $state(0);

  readonly #ticket: () => Promise<Result<Ticket>>;
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;
  #over = false;

  constructor(ticket: () => Promise<Result<Ticket>>) {
    this.#ticket = ticket;
  }

  /** Connects, and connects again for as long as the page is there. */
  attach(): () => void {
    void this.#connect();
    return () => {
      this.#over = true;
      clearTimeout(this.#timer);
      this.#socket?.close();
    };
  }

  async #connect(): Promise<void> {
    const ticket = await this.#ticket();
    if (this.#over) return;
    if (!ticket.ok) {
      this.#later();
      return;
    }
    const socket = new WebSocket(socketAddress(ticket.value.ticket));
    this.#socket = socket;
    socket.onmessage = ({ data }: MessageEvent<unknown>) => this.#take(data);
    socket.onclose = () => {
      this.live = false;
      this.#later();
    };
  }

  #take(data: unknown): void {
    if (typeof data !== 'string') return;
    const picture = JSON.parse(data) as Live;
    this.ahead = picture.at - Date.now();
    this.picture = picture;
    this.live = true;
    this.#tries = 0;
  }

  #later(): void {
    if (this.#over) return;
    this.#timer = setTimeout(() => void this.#connect(), backOff(this.#tries, Math.random()));
    this.#tries += 1;
  }
}

function socketAddress(ticket: string): string {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return `${scheme}://${location.host}/api/v1/live/socket?ticket=${encodeURIComponent(ticket)}`;
}
