import type { ClientView } from '../../kit/src/generated/ClientView.ts';
import type { EndReason } from '../../kit/src/generated/EndReason.ts';
import type { Rating } from '../../kit/src/generated/Rating.ts';
import type { RatingState } from '../../kit/src/generated/RatingState.ts';
import { clientPort } from '../../playwright.config.ts';
import { casts, nobody } from './people.ts';
import { showEverywhere, type Language, type Screen, type Window } from './run.ts';

const left_ms = 272_000;

function views(language: Language): Screen[] {
  const { organisation, helper, long, customer, longCustomer } = casts[language];
  const screen = (name: string, view: ClientView, act?: Screen['act']): Screen => ({ name, view, ...(act && { act }) });
  const code: ClientView = {
    screen: 'code',
    organisation,
    error: null,
    busy: false,
    device: 'K7Q2-9XMB-41TD',
    offered: null,
  };
  const ended = (reason: EndReason, lasted_ms: number | null): ClientView => ({
    screen: 'ended',
    helper,
    end: { by: reason === 'lost' ? 'nobody' : 'customer', reason },
    lasted_ms,
    rating: lasted_ms === null ? null : { rating: {}, state: 'open' },
  });
  const rated = (rating: Rating, state: RatingState): ClientView => ({
    ...(ended('stopped', 1_082_000) as Extract<ClientView, { screen: 'ended' }>),
    rating: { rating, state },
  });
  return [
    screen('0-broker', { screen: 'broker', error: null }),
    screen('0-broker-error', { screen: 'broker', error: 'broker_not_trusted' }),
    screen('0-blocked', { screen: 'blocked', error: 'organisation_invalid', clock: null }),
    screen('0-blocked-clock', { screen: 'blocked', error: 'clock', clock: '2031-03-04' }),
    screen('1-code', code, (page) => page.getByTestId('code-input').pressSequentially('482')),
    screen('1-code-plain', { ...code, organisation: null }),
    screen('1-code-busy', { ...code, busy: true }),
    screen('1-code-error', code, async (page) => {
      await page.getByTestId('code-input').pressSequentially('482961');
      await page.evaluate((view) => globalThis.window.shell.show(view), { ...code, error: 'code_refused' });
    }),
    screen('1-code-tries', { ...code, error: 'too_many_tries' }),
    screen('1-code-no-device', { ...code, device: null }),
    screen('1-code-link', { ...code, offered: '482916' }),
    screen('1-device', code, (page) => page.getByTestId('device').click()),
    screen('1-warning', code, (page) => page.getByTestId('warning').click()),
    screen('2-waiting', {
      screen: 'waiting',
      organisation,
      name: null,
      left_ms: 96_000,
      accepted: false,
      alone: false,
    }),
    screen('2-waiting-name', {
      screen: 'waiting',
      organisation: long.organisation,
      name: longCustomer,
      left_ms: 42_000,
      accepted: false,
      alone: false,
    }),
    screen('2-waiting-told', {
      screen: 'waiting',
      organisation,
      name: customer,
      left_ms: 42_000,
      accepted: false,
      alone: false,
    }),
    screen('2-waiting-accepted', {
      screen: 'waiting',
      organisation,
      name: null,
      left_ms,
      accepted: true,
      alone: false,
    }),
    screen('3a-who', { screen: 'who', helper, again: false, left_ms }),
    screen('3a-who-again', { screen: 'who', helper, again: true, left_ms: 44_000 }),
    screen('3a-who-long', { screen: 'who', helper: long, again: false, left_ms }),
    screen('3a-who-nobody', { screen: 'who', helper: nobody, again: false, left_ms }),
    screen('3b-number', { screen: 'number', helper, number: '123456', left_ms }),
    screen('3b-number-long', { screen: 'number', helper: long, number: '000000', left_ms }),
    screen('3b-type', {
      screen: 'type_number',
      helper: nobody,
      tries_left: 3,
      mismatch: false,
      typed_code: false,
      left_ms,
    }),
    screen('3b-type-wrong', {
      screen: 'type_number',
      helper,
      tries_left: 2,
      mismatch: true,
      typed_code: false,
      left_ms,
    }),
    screen('3b-type-code', { screen: 'type_number', helper, tries_left: 1, mismatch: true, typed_code: true, left_ms }),
    screen('3c-allow', { screen: 'allow', helper, seconds: 1_800, left_ms }),
    screen('3c-allow-long', { screen: 'allow', helper: long, seconds: 1_800, left_ms }),
    screen('3c-allow-nobody', { screen: 'allow', helper: nobody, seconds: 60, left_ms }),
    screen('2-waiting-alone', {
      screen: 'waiting',
      organisation,
      name: customer,
      left_ms,
      accepted: false,
      alone: true,
    }),
    screen('3d-starting', { screen: 'starting', helper, alone: false }),
    screen('4-session', {
      screen: 'session',
      helper,
      since_ms: 724_000,
      rights: [{ right: 'view', left_ms: 1_076_000, lease_ms: 1_800_000, forbidden: false }],
      request: null,
      path: 'direct_udp',
      held: null,
    }),
    screen('6-ended', ended('stopped', 1_082_000)),
    screen('6-ended-rated', rated({ solved: true, felt: 'good' }, 'sent')),
    screen('6-ended-not-rated', rated({ solved: false, felt: 'poor' }, 'failed')),
    screen('6-ended-lost', ended('lost', 31_000)),
    screen('6-ended-never', ended('number_differs', null)),
    screen('6-ended-error', {
      screen: 'ended',
      helper: nobody,
      end: { by: 'operator', reason: 'not_trusted', error: 'certificate_foreign' },
      lasted_ms: null,
      rating: null,
    }),
  ];
}

const main: Window = {
  name: 'client',
  url: `http://127.0.0.1:${clientPort}/index.html`,
  width: 480,
  height: 640,
  demands: { target: 44 },
  rules: ['color-contrast-enhanced', 'target-size'],
  settings: (language) => ({ language, stop_key: 'Ctrl+Alt+F12' }),
  between: { screen: 'blocked', error: 'internal', clock: null } satisfies ClientView,
  screens: views,
};

showEverywhere(main);
