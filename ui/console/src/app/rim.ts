// What browsers get to hear beside the rest of the API: the answers of cookie sign-ins and of the live socket.
import type { Live, Running, SignedIn } from '../generated/api.ts';

/** `POST /console/sign-in`. */
export interface SignedInHere {
  account: Pick<SignedIn, 'id' | 'name' | 'role'>;
  csrf: string;
}

/** What `GET /own` adds. */
export interface OwnSignIn {
  csrf: string;
  /** Unix milliseconds. */
  stepped_up_until?: number;
}

/** `POST /step-up`: the cookie is another one now. */
export interface SteppedUp {
  csrf: string;
  /** Unix milliseconds. */
  until: number;
}

/** `POST /live/ticket`. */
export interface LiveTicket {
  ticket: string;
}

/** What the live socket sends. */
export type LivePicture = Omit<Live, 'running'> & { running: (Running & { delay_ms?: number })[] };
