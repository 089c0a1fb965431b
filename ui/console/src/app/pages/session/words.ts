// A moment of a session in words, with a sign and what belongs beside it.
import type { IconName } from '@beside/kit/icons.ts';
import { m } from '@beside/kit/paraglide/messages.js';
import { minutesText } from '@beside/kit/time.ts';
import { isDirect } from '@beside/kit/words/path.ts';

import { endText, isPath, partyText, pathSign, rightSign, rightText } from '../../words/sessions.ts';
import type { Moment } from './timeline.ts';

export interface Told {
  icon: IconName;
  text: string;
  beside: string;
}

const right = (moment: Moment): string => rightText(moment.right ?? '');
const ended = ({ by, end }: Moment): string => [end && endText(end), by && partyText(by)].filter(Boolean).join(' · ');

const words: Record<string, (moment: Moment) => Told> = {
  'session.knocked': () => ({ icon: 'phone', text: m.moment_knocked(), beside: '' }),
  'session.named': () => ({ icon: 'person', text: m.moment_named(), beside: '' }),
  'session.accepted': () => ({ icon: 'check', text: m.moment_accepted(), beside: '' }),
  'session.ended': (moment) => ({ icon: 'close', text: m.moment_ended(), beside: ended(moment) }),
  'session.differs': () => ({ icon: 'notice', text: m.moment_differs(), beside: '' }),
  'session.noted': () => ({ icon: 'book', text: m.action_session_noted(), beside: '' }),
  'session.rated': () => ({ icon: 'faceGood', text: m.action_session_rated(), beside: '' }),
  accepted: () => ({ icon: 'check', text: m.moment_allowed(), beside: '' }),
  refused: () => ({ icon: 'close', text: m.moment_refused(), beside: '' }),
  checked: () => ({ icon: 'check', text: m.moment_checked(), beside: '' }),
  handshake_failed: () => ({ icon: 'notice', text: m.moment_handshake_failed(), beside: '' }),
  asked: (moment) => ({
    icon: rightSign(moment.right ?? ''),
    text: m.moment_asked({ right: right(moment) }),
    beside: '',
  }),
  granted: (moment) => ({
    icon: rightSign(moment.right ?? ''),
    text: m.moment_granted({ right: right(moment) }),
    beside: moment.seconds === null ? '' : minutesText(moment.seconds),
  }),
  denied: (moment) => ({ icon: 'close', text: m.moment_denied({ right: right(moment) }), beside: '' }),
  right_ended: (moment) => ({ icon: 'eyeOff', text: m.moment_right_ended({ right: right(moment) }), beside: '' }),
  path: ({ path, delay }) => ({
    icon: pathSign(path ?? ''),
    text: path !== null && isPath(path) && isDirect(path) ? m.moment_direct() : m.moment_relayed(),
    beside: delay === null ? '' : m.ms({ count: delay }),
  }),
  end: (moment) => ({ icon: 'close', text: m.moment_end(), beside: ended(moment) }),
};

/** What a moment of a kind that is not known here is called is its name. */
export const tell = (moment: Moment): Told =>
  words[moment.kind]?.(moment) ?? { icon: 'info', text: moment.kind, beside: '' };

/** Who told of it, where it was not both. */
export function toldBy({ told }: Moment): string {
  if (told.length !== 1) return '';
  return told[0] === 'customer' ? m.moment_told_customer() : m.moment_told_operator();
}
