import type { Page } from '@playwright/test';

import type { DeskView } from '../../kit/src/generated/DeskView.ts';
import type { ManagerView } from '../../kit/src/generated/ManagerView.ts';
import type { SessionView } from '../../kit/src/generated/SessionView.ts';
import { managerPort } from '../../playwright.config.ts';
import { casts } from './people.ts';
import { gradient } from './picture.ts';
import { showEverywhere, type Language, type Screen, type Window } from './run.ts';

const started = Date.parse('2026-11-21T14:05:00') / 1000;

function desk(language: Language, changes: Partial<DeskView> = {}): DeskView {
  const { helper, customer } = casts[language];
  return {
    operator: helper.name ?? '',
    code: { code: '482916', left_ms: 504_000, life_ms: 600_000 },
    knocks: [
      { sid: 'a1', name: customer, address: '203.0.113.58', since_ms: 42_000, attempt: 1 },
      { sid: 'a2', name: null, address: '2001:db8:4::1f', since_ms: 8_000, attempt: 2 },
    ],
    away: false,
    connected: true,
    delay_ms: 11,
    notice: null,
    recent: [
      { started, name: customer, end: { by: 'customer', reason: 'stopped' }, lasted_ms: 1_080_000, path: 'direct_udp' },
      { started: started - 2_040, name: null, end: { by: 'customer', reason: 'refused' }, lasted_ms: null, path: null },
      {
        started: started - 8_220,
        name: customer,
        end: { by: 'operator', reason: 'finished' },
        lasted_ms: 42_000,
        path: 'relay',
      },
      {
        started: started - 10_980,
        name: casts[language].longCustomer,
        end: { by: 'nobody', reason: 'lost', error: 'peer_lost' },
        lasted_ms: 720_000,
        path: 'turn',
      },
    ],
    tags: casts[language].tags,
    ...changes,
  };
}

function session(language: Language, changes: Partial<SessionView> = {}): SessionView {
  return {
    sid: 'b1',
    name: casts[language].customer,
    address: '203.0.113.58',
    check: { state: 'matched' },
    consent: { state: 'allowed' },
    again: false,
    since_ms: 724_000,
    rights: [
      { right: 'view', state: 'on', left_ms: 1_076_000, lease_ms: 1_800_000 },
      { right: 'control', state: 'off', left_ms: null, lease_ms: 900_000 },
    ],
    path: 'direct_udp',
    delay_ms: 18,
    frames: 30,
    held: null,
    displays: [{ id: 1, name: 'DP-1', width: 1920, height: 1080 }],
    end: null,
    noting: { state: 'open' },
    ...changes,
  };
}

function rights(control: SessionView['rights'][number]['state'], left_ms: number | null = null): SessionView['rights'] {
  return [
    { right: 'view', state: 'on', left_ms: 1_076_000, lease_ms: 1_800_000 },
    { right: 'control', state: control, left_ms, lease_ms: 900_000 },
  ];
}

const signIn = (changes: Partial<Extract<ManagerView, { screen: 'sign_in' }>>): ManagerView => ({
  screen: 'sign_in',
  broker: 'support.daonbank.example:443',
  name: 'minji.kim',
  error: null,
  busy: false,
  step: 'password',
  ...changes,
});

const show = (page: Page, view: ManagerView) => page.evaluate((next) => globalThis.window.shell.show(next), view);

const showPicture: Screen['act'] = (page) =>
  page.evaluate((bytes) => globalThis.window.shell.picture(bytes), gradient(960, 540));

const windowed: Omit<Window, 'name' | 'width' | 'height' | 'screens' | 'between'> = {
  url: `http://127.0.0.1:${managerPort}/index.html`,
  demands: { target: 24 },
  rules: ['target-size'],
  settings: (language) => ({ language }),
};

showEverywhere({
  ...windowed,
  name: 'manager-signin',
  between: { screen: 'work', desk: desk('en'), sessions: [] } satisfies ManagerView,
  width: 480,
  height: 640,
  screens: [
    { name: '1-signin', view: signIn({}) },
    { name: '1-signin-first', view: signIn({ broker: '', name: '' }) },
    { name: '1-signin-error', view: signIn({ error: 'sign_in_refused' }) },
    { name: '1-signin-untrusted', view: signIn({ error: 'broker_not_trusted' }) },
    { name: '1-signin-busy', view: signIn({ busy: true }) },
    {
      name: '1-second',
      view: signIn({ step: 'second_factor' }),
      act: (page) => page.getByTestId('factor-input').pressSequentially('482'),
    },
    { name: '1-second-busy', view: signIn({ step: 'second_factor', busy: true }) },
    {
      name: '1-second-refused',
      view: signIn({ step: 'second_factor' }),
      act: async (page) => {
        await page.getByTestId('factor-input').pressSequentially('482916');
        await show(page, signIn({ step: 'second_factor', error: 'second_factor_refused' }));
      },
    },
    {
      name: '1-second-recovery',
      view: signIn({ step: 'second_factor', name: 'alexandrina.featherstonehaugh-cholmondeley-marjoribanks' }),
      act: async (page) => {
        await page.getByTestId('factor-turn').click();
        await page.getByTestId('recovery-input').fill('kmrt-x7wd');
        await page.getByTestId('recovery-submit').click();
        await show(page, signIn({ step: 'second_factor', error: 'second_factor_refused' }));
      },
    },
  ],
});

showEverywhere({
  ...windowed,
  name: 'manager-desk',
  between: signIn({}),
  width: 1180,
  height: 760,
  screens: (language) => {
    const { longCustomer, long } = casts[language];
    const work = (name: string, changes: Partial<DeskView>, sessions: SessionView[] = []): Screen => ({
      name,
      view: { screen: 'work', desk: desk(language, changes), sessions } satisfies ManagerView,
    });
    const over = (name: string, changes: Partial<SessionView>): Screen => work(name, {}, [session(language, changes)]);
    return [
      work('2-desk', {}),
      work('2-desk-empty', { knocks: [], recent: [], delay_ms: null }),
      work('2-desk-away', {
        knocks: [],
        away: true,
        code: { code: '000001', left_ms: 41_000, life_ms: 600_000 },
      }),
      work('2-desk-lost', { code: null, connected: false, notice: 'certificate_expired', knocks: [] }),
      work('2-desk-long', {
        operator: long.name ?? '',
        notice: 'status_expired',
        knocks: [
          {
            sid: 'a1',
            name: longCustomer,
            address: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
            since_ms: 90_000,
            attempt: 3,
          },
        ],
      }),
      {
        ...work('2-desk-copied', {}),
        act: (page) => page.getByTestId('copy-invitation').click(),
      },
      { ...work('2-desk-menu', {}), act: (page) => page.getByTestId('account').click() },
      over('5-ended', { end: { by: 'customer', reason: 'stopped' } }),
      {
        ...over('5-ended-noted', { end: { by: 'customer', reason: 'stopped' } }),
        act: async (page) => {
          await page.getByTestId('outcome-solved').click();
          await page.getByTestId('tag').first().click();
          await page.getByTestId('tag-add').click();
          await page.getByTestId('tag-name').fill(casts[language].reason);
          await page.getByTestId('tag-name').press('Enter');
          await page.getByTestId('note').fill(casts[language].reason);
        },
      },
      over('5-ended-not-saved', {
        name: longCustomer,
        end: { by: 'customer', reason: 'stopped' },
        noting: { state: 'failed', error: 'broker_unreachable' },
      }),
      over('5-ended-never', {
        name: null,
        since_ms: null,
        path: null,
        end: { by: 'nobody', reason: 'misbehaved', error: 'record_forged' },
      }),
    ];
  },
});

showEverywhere({
  ...windowed,
  name: 'manager-session',
  between: signIn({}),
  width: 1440,
  height: 900,
  screens: (language) => {
    const { longCustomer } = casts[language];
    const on = (name: string, changes: Partial<SessionView>, act?: Screen['act']): Screen => ({
      name,
      view: {
        screen: 'work',
        desk: desk(language, { knocks: [] }),
        sessions: [session(language, changes)],
      } satisfies ManagerView,
      ...(act && { act }),
    });
    const before = { since_ms: null, consent: { state: 'deciding', left_ms: 214_000 } } as const;
    const type = { state: 'type', tries_left: 3, mismatch: false, typed_code: false } as const;
    return [
      on('3-check-shaking', { ...before, check: { state: 'shaking' } }),
      on('3-check', { ...before, check: type }, (page) => page.getByTestId('check-input').pressSequentially('12345')),
      on('3-check-wrong', { ...before, check: { ...type, tries_left: 2, mismatch: true }, again: true }),
      on('3-check-code', { ...before, check: { ...type, typed_code: true }, name: longCustomer }),
      on('3-check-compare', { ...before, check: { state: 'compare', number: '123456', read_out: false } }),
      on('3-check-read', {
        ...before,
        check: { state: 'compare', number: '123456', read_out: true },
        consent: { state: 'allowed' },
      }),
      on('4-deciding', before),
      on('4-coming', { since_ms: null }),
      on('4-session', {}, showPicture),
      on('4-session-ask', {}, async (page) => {
        await showPicture(page);
        await page.getByTestId('ask-control').click();
      }),
      on('4-session-asked', { rights: rights('asked') }, showPicture),
      on('4-session-control', { rights: rights('on', 581_000), path: 'relay' }, showPicture),
      on('4-session-denied', { rights: rights('denied'), name: longCustomer }, showPicture),
      on('4-session-forbidden', { rights: rights('forbidden') }, showPicture),
      on('4-session-held', { rights: rights('on', 41_000), held: 'stop_hidden' }, showPicture),
      on('4-session-lost', { rights: rights('on', 581_000), path: null, delay_ms: null }, showPicture),
      on('4-session-blind', { rights: [{ right: 'view', state: 'off', left_ms: null, lease_ms: 1_800_000 }] }),
    ];
  },
});
