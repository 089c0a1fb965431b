import type { ClientView } from '../../kit/src/generated/ClientView.ts';
import { clientPort } from '../../playwright.config.ts';
import { casts, nobody } from './people.ts';
import { showEverywhere, type Language, type Screen, type Window } from './run.ts';

type Session = Extract<ClientView, { screen: 'session' }>;

function session(language: Language, changes: Partial<Session>): Session {
  return {
    screen: 'session',
    helper: casts[language].helper,
    since_ms: 724_000,
    rights: [
      { right: 'view', left_ms: 1_076_000, lease_ms: 1_800_000, forbidden: false },
      { right: 'control', left_ms: 581_000, lease_ms: 900_000, forbidden: false },
    ],
    request: null,
    path: 'direct_udp',
    held: null,
    ...changes,
  };
}

const viewOnly: Session['rights'] = [
  { right: 'view', left_ms: 42_000, lease_ms: 1_800_000, forbidden: false },
  { right: 'control', left_ms: null, lease_ms: 900_000, forbidden: false },
];

const shared = {
  url: `http://127.0.0.1:${clientPort}/pill.html`,
  grows: true,
  between: { screen: 'broker', error: null } satisfies ClientView,
  demands: { target: 44 },
  rules: ['color-contrast-enhanced', 'target-size'],
  settings: (language: Language) => ({ language, stop_key: 'Ctrl+Alt+F12' }),
};

const closed: Window = {
  ...shared,
  name: 'pill',
  width: 520,
  height: 120,
  screens: (language) => [
    { name: '4-controls', view: session(language, {}) },
    { name: '4-sees', view: session(language, { rights: viewOnly, since_ms: 3_724_000, path: 'relay' }) },
    { name: '4-long', view: session(language, { helper: casts[language].long, since_ms: 3_724_000 }) },
    { name: '4-nobody', view: session(language, { helper: nobody, path: 'turn' }) },
    { name: '4-no-path', view: session(language, { path: null }) },
    { name: '4-hidden', view: session(language, { held: 'stop_hidden' }) },
    { name: '4-refuses', view: session(language, { held: 'system_refuses' }) },
    { name: '4-blind', view: session(language, { rights: [] }) },
    { name: '4-idle', view: { screen: 'starting', helper: casts[language].helper, alone: false } satisfies ClientView },
  ],
};

const open: Screen['act'] = (page) => page.getByTestId('pill-open').click();

const opened: Window = {
  ...shared,
  name: 'pill-open',
  width: 420,
  height: 420,
  screens: (language) => {
    const { reason, long } = casts[language];
    const control = { right: 'control', seconds: 900, reason } as const;
    return [
      { name: '4-rights', view: session(language, {}), act: open },
      { name: '4-last-minute', view: session(language, { rights: viewOnly, path: 'relay' }), act: open },
      {
        name: '4-forbidden',
        view: session(language, {
          helper: long,
          held: 'stop_hidden',
          rights: [
            { right: 'view', left_ms: null, lease_ms: 1_800_000, forbidden: false },
            { right: 'control', left_ms: null, lease_ms: 900_000, forbidden: true },
          ],
        }),
        act: open,
      },
      { name: '5-request', view: session(language, { rights: viewOnly, request: control }) },
      { name: '5-request-silent', view: session(language, { rights: viewOnly, request: { ...control, reason: '' } }) },
      { name: '5-request-view', view: session(language, { rights: [], request: { ...control, right: 'view' } }) },
      {
        name: '5-request-long',
        view: session(language, { helper: long, rights: viewOnly, request: { ...control, reason: reason.repeat(9) } }),
      },
    ];
  },
};

showEverywhere(closed);
showEverywhere(opened);
