// The exported year in columns: a million sessions in memory once, asked often.
import { join } from 'node:path';

import { stage } from '../stage.ts';
import { rowsOf } from './csv.ts';

/** What the page's own export handed over. */
export const files = {
  sessions: join(stage.work, 'sessions.csv'),
  signIns: join(stage.work, 'sign-ins.csv'),
};

export type Carried = 'nothing' | 'direct' | 'relayed' | 'both';

/** Sessions that ended, a column for each thing that graphs tell. */
export interface Sessions {
  knocked: number[];
  operator: string[];
  /** The ID of the customer's computer, empty without one. */
  device: string[];
  end: string[];
  /** Milliseconds until the operator accepted, and from the customer's yes to the end; below zero for neither. */
  waited: number[];
  lasted: number[];
  checked: boolean[];
  carried: Carried[];
  outcome: string[];
  solved: string[];
  felt: string[];
}

export interface SignIns {
  at: number[];
  /** Empty where no account has the name. */
  account: string[];
  refused: boolean[];
}

export interface Year {
  sessions: Sessions;
  signIns: SignIns;
  /** Operators' names by their ids. */
  names: Map<string, string>;
  /** The names that customers gave last, by the IDs of their computers. */
  customers: Map<string, string>;
}

export async function readYear(): Promise<Year> {
  const names = new Map<string, string>();
  const customers = new Map<string, string>();
  const sessions = await readSessions(names, customers);
  const signIns: SignIns = { at: [], account: [], refused: [] };
  for await (const cell of rowsOf(files.signIns)) {
    const action = cell('action');
    if (action !== 'sign_in.succeeded' && action !== 'sign_in.refused') continue;
    signIns.at.push(time(cell('at')));
    signIns.account.push(cell('about'));
    signIns.refused.push(action === 'sign_in.refused');
  }
  return { sessions, signIns, names, customers };
}

async function readSessions(names: Map<string, string>, customers: Map<string, string>): Promise<Sessions> {
  const all: Sessions = {
    knocked: [],
    operator: [],
    device: [],
    end: [],
    waited: [],
    lasted: [],
    checked: [],
    carried: [],
    outcome: [],
    solved: [],
    felt: [],
  };
  // Millions of the same few words: one of each is enough.
  const words = new Map<string, string>();
  const once = (word: string) => words.get(word) ?? (words.set(word, word), word);
  for await (const cell of rowsOf(files.sessions)) {
    const end = once(cell('end_reason'));
    if (cell('ended_at') === '') continue;
    const [knocked, ended] = [time(cell('knocked_at')), time(cell('ended_at'))];
    const [accepted, verdict] = [cell('accepted_at'), cell('verdict_at')];
    // A customer who says No gives a verdict too.
    const began = verdict !== '' && end !== 'refused';
    all.knocked.push(knocked);
    all.operator.push(once(cell('operator_id')));
    all.device.push(once(cell('device')));
    all.end.push(end);
    all.waited.push(accepted === '' ? -1 : time(accepted) - knocked);
    all.lasted.push(began ? ended - time(verdict) : -1);
    all.checked.push(cell('checked_at') !== '');
    all.carried.push(began ? carriedOver(cell('paths').split(' ')) : 'nothing');
    all.outcome.push(once(cell('outcome')));
    all.solved.push(once(cell('rating_solved')));
    all.felt.push(once(cell('rating_felt')));
    names.set(once(cell('operator_id')), cell('operator_name'));
    // The newest come first: the name that counts is the one given last.
    const [device, customer] = [cell('device'), cell('customer_name')];
    if (device !== '' && customer !== '' && !customers.has(device)) customers.set(device, customer);
  }
  return all;
}

function time(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new Error(`this is no time: ${text}`);
  return at;
}

/** Every session begins on the relay; what counts is whether it came to a direct path, and stayed. */
function carriedOver(paths: string[]): Carried {
  const first = paths.findIndex((path) => path.startsWith('direct'));
  if (first < 0) return 'relayed';
  return paths.slice(first).every((path) => path.startsWith('direct')) ? 'direct' : 'both';
}
