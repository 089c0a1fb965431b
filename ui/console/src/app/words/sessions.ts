// What happened in a session, in the words of somebody who was not there.
import type { EndReason } from '@beside/kit/generated/EndReason.ts';
import type { Outcome } from '@beside/kit/generated/Outcome.ts';
import type { Party } from '@beside/kit/generated/Party.ts';
import type { PathKind } from '@beside/kit/generated/PathKind.ts';
import type { Right } from '@beside/kit/generated/Right.ts';
import type { IconName } from '@beside/kit/icons.ts';
import { m } from '@beside/kit/paraglide/messages.js';
import { outcomeWords } from '@beside/kit/words/outcomes.ts';
import { isDirect } from '@beside/kit/words/path.ts';
import { rightIcon } from '@beside/kit/words/rights.ts';

const paths: Record<PathKind, true> = { relay: true, turn: true, direct_tcp: true, direct_udp: true };

export const endWord: Record<EndReason, () => string> = {
  stopped: m.ended_stopped,
  finished: m.ended_finished,
  cancelled: m.ended_cancelled,
  declined: m.ended_declined,
  away: m.ended_away,
  refused: m.ended_refused,
  number_differs: m.ended_number_differs,
  timed_out: m.ended_timed_out,
  lost: m.ended_lost,
  closed: m.ended_closed,
  signed_out: m.ended_signed_out,
  misbehaved: m.ended_misbehaved,
  not_trusted: m.ended_not_trusted,
  failed: m.ended_failed,
};

export const partyWord: Record<Party, () => string> = {
  customer: m.party_customer,
  operator: m.party_operator,
  broker: m.party_broker,
  nobody: m.party_nobody,
};

/** A right as operators call it. */
export const rightName: Record<Right, () => string> = {
  view: m.con_right_view,
  control: m.con_right_control,
  clipboard: m.con_right_clipboard,
  files: m.con_right_files,
  recording: m.con_right_recording,
  restart: m.con_right_restart,
  system_information: m.con_right_system_information,
};

/** What carried a whole session. */
export type Carried = 'direct' | 'relayed' | 'both';
export const carriedWord: Record<Carried, () => string> = {
  direct: m.path_direct,
  both: m.graph_both,
  relayed: m.path_relayed,
};
export const isCarried = (text: string): text is Carried => Object.hasOwn(carriedWord, text);

export const endReasons = Object.keys(endWord) as EndReason[];

export const isPath = (text: string): text is PathKind => Object.hasOwn(paths, text);
export const isRight = (text: string): text is Right => Object.hasOwn(rightName, text);
export const isEndReason = (text: string): text is EndReason => Object.hasOwn(endWord, text);
const isParty = (text: string): text is Party => Object.hasOwn(partyWord, text);

export const isOutcome = (text: string): text is Outcome => Object.hasOwn(outcomeWords, text);

/** Names of a newer broker are shown as they are. */
export const endText = (reason: string): string => (isEndReason(reason) ? endWord[reason]() : reason);
export const outcomeText = (outcome: string): string => (isOutcome(outcome) ? outcomeWords[outcome]() : outcome);
export const partyText = (party: string): string => (isParty(party) ? partyWord[party]() : party);
export const rightText = (right: string): string => (isRight(right) ? rightName[right]() : right);
export const rightSign = (right: string): IconName => (isRight(right) ? rightIcon[right] : 'key');
export const pathSign = (path: string): IconName => (isPath(path) && isDirect(path) ? 'direct' : 'relayed');
