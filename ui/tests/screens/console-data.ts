// What a broker would answer to the console: invented people in each language, and figures that follow from a rule.
import type {
  AccountEntry,
  AddressEntry,
  AlertEntry,
  AuditEntry,
  Backups,
  BlockEntry,
  Figures,
  GroupEntry,
  Hours,
  Outlets,
  Person,
  Policy,
  Review,
  ReviewEntry,
  SessionDetail,
  SessionEntry,
  Statistics,
  TokenEntry,
} from '../../console/src/generated/api.ts';
import type { Live } from '../../console/src/generated/api.ts';
import { casts } from './people.ts';
import type { Language } from './run.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** When the browser's clock is installed, at its own place. */
export const NOW = new Date('2026-11-21T14:05:00').getTime();

const names: Record<Language, string[]> = {
  ko: ['김민지', '박서준', '최유나', '이도현', '강나래', '임채원', '윤보람', '조은비'],
  ja: ['佐藤 美咲', '鈴木 翔', '高田 彩', '渡辺 健', '小林 一郎', '山口 静江', '井上 正', '木村 節子'],
  en: ['Minji Kim', 'Jonas Hale', 'Priya Nair', 'Tom Becker', 'Ana Ruiz', 'Lena Koch', 'Omar Said', 'Grace Lee'],
};

const groupNames: Record<Language, [string, string]> = {
  ko: ['고객지원 1팀', '법인 고객'],
  ja: ['第1サポート', '法人窓口'],
  en: ['First line', 'Business customers'],
};

export interface Answers {
  live: Live;
  sessions: SessionEntry[];
  detail: SessionDetail;
  accounts: AccountEntry[];
  groups: GroupEntry[];
  hours: Hours;
  addresses: AddressEntry[];
  alerts: AlertEntry[];
  blocks: BlockEntry[];
  policy: Policy;
  audit: AuditEntry[];
  reviews: ReviewEntry[];
  review: Review;
  tokens: TokenEntry[];
  backups: Backups;
  outlets: Outlets;
  statistics: (from: number, before: number, bucket: string, split: string) => Statistics;
}

export function answers(language: Language): Answers {
  const cast = casts[language];
  // One with the longest name that there may be.
  const people: Person[] = [...names[language], cast.long.name ?? ''].map((name, index) => ({
    id: `u-${index}`,
    name,
  }));
  const person = (index: number): Person => people[index % people.length] ?? { id: '', name: '' };
  const sessions = Array.from({ length: 60 }, (_, index) => session(index, person(index * 3), cast));
  const groups = groupNames[language].map((name, index) => ({
    id: `g-${index}`,
    name,
    members: people.filter((_, place) => place % 2 === index).map(({ id }) => id),
  }));
  const audit = auditRows(person, sessions);
  return {
    live: live(person),
    sessions,
    detail: detail(sessions[3] ?? session(3, person(9), cast), person(0)),
    accounts: people.map((one, index) => account(one, index)),
    groups,
    hours: {
      zone: 'Asia/Seoul',
      windows: [
        { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:30', to: '18:00' },
        { days: ['fri', 'sat'], from: '22:00', to: '06:00' },
      ],
    },
    addresses: [
      {
        id: 'a-1',
        range: '198.51.100.0/24',
        comment: cast.organisation.name,
        added_by: 'u-0',
        added_at: NOW - 90 * DAY,
      },
      { id: 'a-2', range: '2001:db8:20::/48', comment: '', added_by: 'u-8', added_at: NOW - 3 * DAY },
    ],
    alerts: alerts(),
    blocks: [
      {
        id: 'b-1',
        account: null,
        range: '203.0.113.0/24',
        because: 'repeated_failures',
        made_by: null,
        made_at: NOW,
        expires_at: NOW + HOUR,
      },
      {
        id: 'b-2',
        account: 'u-8',
        range: null,
        because: 'administrator',
        made_by: 'u-0',
        made_at: NOW,
        expires_at: NOW + DAY,
      },
    ],
    policy,
    audit,
    reviews: reviews(person(1)),
    review: review(audit, people),
    backups: backups(),
    outlets: outlets(),
    tokens: tokens(),
    statistics: (from, before, bucket, split) => statistics(from, before, bucket, split, people, groups),
  };
}

function session(index: number, operator: Person, cast: (typeof casts)[Language]): SessionEntry {
  const knocked = NOW - index * 37 * MINUTE - 20 * MINUTE;
  const bare = index % 7 === 4;
  const ends = [
    'finished',
    'stopped',
    'finished',
    'lost',
    'refused',
    'timed_out',
    'number_differs',
    'not_trusted',
  ] as const;
  const reason = bare ? 'refused' : (ends[index % ends.length] ?? 'finished');
  return {
    sid: `session-${index}`,
    operator,
    operator_address: '198.51.100.23',
    customer_name: index % 3 === 0 ? (index % 9 === 0 ? cast.longCustomer : cast.customer) : null,
    customer_address: index % 11 === 5 ? null : `203.0.113.${index}`,
    device: index % 8 === 6 ? null : (['K7Q2-9XMB-41TD', '0V3N-TC8W-Z65R', 'HJ4P-7E0A-9SKX'] as const)[index % 3],
    carried: bare ? null : (['relayed', 'direct', 'direct', 'both'] as const)[index % 4],
    attempt: 1,
    knocked_at: knocked,
    accepted_at: bare ? null : knocked + 21_000,
    verdict_at: bare ? null : knocked + 50_000,
    checked_at: bare ? null : knocked + 70_000,
    ended_at: knocked + (index % 13 === 6 ? 3 * HOUR : 12 * MINUTE),
    end: { by: reason === 'finished' ? 'operator' : 'customer', reason, error: reason === 'lost' ? 'peer_lost' : null },
    paths: bare ? [] : index % 4 === 0 ? ['relay'] : ['relay', 'direct_udp'],
    granted: bare
      ? []
      : ['view', 'control', 'clipboard', 'files', 'recording', 'restart', 'system_information'].slice(
          0,
          1 + (index % 7),
        ),
    differs: index % 10 === 3,
    outcome: bare ? null : (['solved', 'solved', 'call_back', 'unsolved'] as const)[index % 4],
    tags: index % 5 === 3 ? [cast.organisation.name, cast.reason] : [],
    note: index % 5 === 3 ? cast.reason : null,
    rating: bare ? {} : { solved: index % 4 < 2, felt: (['good', 'good', 'fair', 'poor'] as const)[index % 4] },
  };
}

function detail(shown: SessionEntry, operator: Person): SessionDetail {
  const start = shown.knocked_at;
  let seq = 100;
  const row = (after: number, action: string, more: AuditEntry['detail'] = {}, by?: Person): AuditEntry => ({
    seq: ++seq,
    at: start + after,
    account: by ?? null,
    via: by ? 'sign_in' : 'broker',
    action,
    about: shown.sid,
    detail: more,
    personal: {},
  });
  const both = (after: number, kind: string, more: AuditEntry['detail'] = {}) =>
    ['customer', 'operator'].map((side, index) => row(after + index * 80, 'session.reported', { side, kind, ...more }));
  return {
    session: { ...shown, ended_at: start + 24 * MINUTE },
    events: [
      row(0, 'session.knocked', { attempt: 1 }),
      row(4_000, 'session.named'),
      row(21_000, 'session.accepted', {}, operator),
      ...both(50_000, 'accepted'),
      row(70_000, 'session.reported', { side: 'operator', kind: 'checked' }),
      ...both(70_200, 'granted', { right: 'view', seconds: 1_800 }),
      ...both(70_400, 'path', { path: 'relay', delay_ms: 62 }),
      row(4 * MINUTE, 'session.reported', { side: 'operator', kind: 'asked', right: 'control' }),
      ...both(4 * MINUTE + 9_000, 'granted', { right: 'control', seconds: 900 }),
      ...both(6 * MINUTE, 'path', { path: 'direct_udp', delay_ms: 18 }),
      row(8 * MINUTE, 'session.reported', { side: 'customer', kind: 'denied', right: 'files' }),
      ...both(13 * MINUTE, 'right_ended', { right: 'control' }),
      ...both(17 * MINUTE, 'path', { path: 'relay', delay_ms: 71 }),
      ...both(24 * MINUTE - 300, 'end', { by: 'operator', end: 'finished' }),
      row(24 * MINUTE, 'session.ended', { by: 'operator', end: 'finished' }),
      row(24 * MINUTE + 500, 'session.differs'),
      row(25 * MINUTE, 'session.rated'),
      row(26 * MINUTE, 'session.noted', {}, operator),
    ],
  };
}

function account({ id, name }: Person, index: number): AccountEntry {
  const roles = ['operator', 'operator', 'supervisor', 'operator', 'auditor', 'operator', 'administrator'] as const;
  const states = ['active', 'active', 'active', 'invited', 'active', 'ended'] as const;
  const state = states[index % states.length] ?? 'active';
  return {
    id,
    name,
    role: roles[index % roles.length] ?? 'operator',
    state,
    second_factor: index % 2 === 0,
    created_at: NOW - (400 - index * 20) * DAY,
    ended_at: state === 'ended' ? NOW - 9 * DAY : null,
  };
}

function live(person: (index: number) => Person): Live {
  const states = ['busy', 'busy', 'busy', 'free', 'busy', 'away', 'busy', 'free', 'busy'] as const;
  return {
    at: NOW,
    operators: states.map((state, index) => ({ operator: person(index), state })),
    waiting: [101, 52, 8].map((seconds, index) => ({
      sid: `w-${index}`,
      operator: person(index + 7),
      since: NOW - seconds * 1_000,
    })),
    running: [27, 16, 12, 9, 3.6, 0.6].map((minutes, index) => ({
      sid: `r-${index}`,
      operator: person([0, 8, 1, 2, 4, 6][index] ?? 0),
      since: NOW - minutes * MINUTE,
      path: index % 3 === 1 ? 'relay' : 'direct_udp',
      ...(index !== 5 && { delay_ms: 18 + index * 14 }),
    })),
  };
}

function alerts(): AlertEntry[] {
  const kinds = [
    ['code_guessing', 'critical', 'broker', ''],
    ['repeated_failures', 'warning', 'account', 'u-8'],
    ['address_refused', 'warning', 'account', 'u-1'],
    ['certificate_expiry', 'warning', 'certificate', 'help.daonbank.example'],
    ['new_address', 'notice', 'place', '203.0.113.9'],
    ['bulk_export', 'notice', 'account', 'u-0'],
  ] as const;
  return kinds.map(([kind, severity, subject_kind, subject], index) => ({
    id: `l-${index}`,
    kind,
    severity,
    subject_kind,
    subject,
    numbers: { count: 10 + index, seconds: 600 },
    swallowed: index === 1 ? 4 : 0,
    at: NOW - index * 5 * HOUR,
    seen_by: index > 3 ? 'u-8' : null,
    seen_at: index > 3 ? NOW - HOUR : null,
  }));
}

const policy: Policy = {
  passwords: { minimum_length: 12, mixed: false },
  second_factor_for_all: true,
  unlisted_addresses: 'admitted',
  log_days: 730,
  personal_days: 730,
  ended_account_days: 30,
  tags: ['Printer', 'Certificate'],
  alerts: {
    failures: 10,
    address_refusals: 3,
    look_ups: 300,
    export_rows: 5_000,
    odd_hour_history: 20,
    disk_free_permille: 100,
    disk_free_critical_permille: 50,
    certificate_days: 14,
    certificate_critical_days: 3,
    connections: 12_000,
    relay_bytes_per_second: 100_000_000,
    queue_depth: 32,
    errors_permille: 50,
    clock_jump_seconds: 60,
    quiet_seconds: 3_600,
    block_seconds: 3_600,
    blocking: ['repeated_failures'],
  },
};

function auditRows(person: (index: number) => Person, sessions: SessionEntry[]): AuditEntry[] {
  const actions = [
    'log.read',
    'sign_in.succeeded',
    'account.second_factor_set',
    'session.accepted',
    'session.reported',
    'log.personal_data_deleted',
    'access.refused',
    'address.added',
    'alert.raised',
    'account.recovery_code_used',
  ];
  return Array.from({ length: 40 }, (_, index) => {
    const action = actions[index % actions.length] ?? 'log.read';
    const of = action.startsWith('session.');
    return {
      seq: 5_000 - index,
      at: NOW - index * 7 * MINUTE,
      account: index % 10 === 5 || index % 10 === 8 ? null : person(index * 2),
      via: index % 10 === 8 ? 'command_line' : index % 10 === 5 ? 'broker' : 'sign_in',
      action,
      about: of ? (sessions[index]?.sid ?? null) : person(index).id,
      about_name: of ? null : person(index).name,
      detail: { what: 'sessions', rows: 50 },
      personal: { place: '198.51.100.23', reason: casts.en.reason },
    };
  });
}

function reviews(auditor: Person): ReviewEntry[] {
  const signed = { by: auditor, at: NOW - 15 * DAY, note: casts.en.reason, report_hash: 'a1b2' };
  return [
    { month: '2026-11', state: 'running', sign_offs: [] },
    { month: '2026-10', state: 'open', sign_offs: [] },
    { month: '2026-09', state: 'signed_off', sign_offs: [signed] },
  ];
}

function review(rows: AuditEntry[], people: Person[]): Review {
  const tally = {
    total: 128,
    by: [...people.slice(6).map((of, index) => ({ of, count: 60 - index * 20 })), { of: null, count: 8 }],
  };
  const sections = [
    'accounts_created',
    'accounts_changed',
    'groups',
    'addresses',
    'policy',
    'exports',
    'blocks',
    'personal_data_deleted',
  ];
  return {
    review: { month: '2026-10', state: 'open', sign_offs: [] },
    report: {
      accounts: [
        { role: 'operator', state: 'active', accounts: 42 },
        { role: 'administrator', state: 'active', accounts: 2 },
        { role: 'auditor', state: 'invited', accounts: 1 },
      ],
      sections: sections.map((of, index) => ({ of, total: index * 3, rows: rows.slice(index, index * 2) })),
      sign_ins_refused: tally,
      access_refused: { total: 0, by: [] },
      records_read: tally,
    },
    report_hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    verification: {
      rows: 302_712,
      signed: 302_700,
      unsigned_since: NOW - 20_000,
      witnesses: [{ witness: 'witness.daonbank.example+183c3a9a', rows: 302_700, at: NOW - 40_000 }],
    },
  };
}

function tokens(): TokenEntry[] {
  return [
    {
      id: 't-1',
      name: 'Wallboard',
      scopes: ['statistics:read'],
      made_by: 'u-0',
      made_at: NOW - 9 * DAY,
      expires_at: NOW + 81 * DAY,
      used_at: NOW - HOUR,
      revoked_at: null,
    },
    {
      id: 't-2',
      name: 'SIEM',
      scopes: ['audit:read', 'alerts:read', 'accounts:read'],
      made_by: 'u-8',
      made_at: NOW - 300 * DAY,
      expires_at: NOW + 66 * DAY,
      used_at: null,
      revoked_at: NOW - DAY,
    },
  ];
}

/** The same figures for the same time: they follow from the day of the week and the place in the row. */
function statistics(
  from: number,
  before: number,
  bucket: string,
  split: string,
  people: Person[],
  groups: GroupEntry[],
): Statistics {
  const step = { hour: HOUR, day: DAY, week: 7 * DAY, month: 30 * DAY }[bucket] ?? DAY;
  const edges = Array.from(
    { length: Math.max(1, Math.ceil((before - from) / step)) },
    (_, index) => from + index * step,
  );
  const buckets = edges.map((at, index) => ({
    from: at,
    before: Math.min(before, at + step),
    figures: figures([0, 6].includes(new Date(at).getDay()) ? 14 : 62 + ((index * 7) % 19)),
  }));
  const whole = buckets.reduce((sum, one) => sum + one.figures.sessions, 0);
  // One computer in two was given a name.
  const devices = Array.from({ length: 50 }, (_, index) => ({
    id: `${1000 + index * 37}-9XMB-41TD`,
    name: index % 2 === 0 ? (people[index % people.length]?.name ?? '') : '',
  }));
  const of = { group: groups, customer: devices }[split] ?? people;
  const part = (index: number) => ({ total: figures(Math.round(whole / (3 + index))), buckets: [] });
  const rest = split === 'customer' ? (['other_devices', 'no_device'] as const) : [];
  return {
    total: { ...figures(whole), customers: Math.round(whole / 4) },
    buckets,
    week: Array.from({ length: 7 }, (_, day) =>
      Array.from({ length: 24 }, (_, hour) =>
        hour < 8 || hour > 19 ? 0 : Math.round((day > 4 ? 3 : 20) * (1 + Math.sin(hour + day))),
      ),
    ),
    earlier: figures(Math.round(whole * 0.94)),
    parts: [
      ...of.map(({ id, name }, index) => ({ of: { id, name }, ...part(index) })),
      ...rest.map((rest, index) => ({ rest, ...part(index) })),
    ],
  };
}

function figures(sessions: number): Figures {
  const of = (part: number) => Math.round(sessions * part);
  return {
    sessions,
    accepted: of(0.9),
    began: of(0.82),
    checked: of(0.8),
    ends: {
      finished: of(0.5),
      stopped: of(0.2),
      lost: of(0.1),
      refused: of(0.08),
      timed_out: of(0.06),
      number_differs: of(0.02),
    },
    waiting: { median_ms: 44_000 + (sessions % 13) * 1_000, p90_ms: 120_000 + (sessions % 17) * 4_000 },
    duration: { median_ms: 680_000 + (sessions % 11) * 9_000, p90_ms: 2_400_000 + (sessions % 7) * 60_000 },
    outcomes: { solved: of(0.5), call_back: of(0.12), unsolved: of(0.08) },
    ratings: { solved: of(0.3), not_solved: of(0.05), good: of(0.28), fair: of(0.06), poor: of(0.03) },
    direct: of(0.6),
    relayed: of(0.18),
    both: of(0.02),
    sign_ins: of(0.3),
    sign_ins_refused: of(0.07),
  };
}

function backups(): Backups {
  const names = (made: number) => `beside-${new Date(made).toISOString().slice(0, 19).replaceAll(':', '-')}Z.age`;
  const made = Array.from({ length: 14 }, (_, index) => NOW - 4 * HOUR - index * DAY);
  return {
    settings: {
      directory: '/var/backups/beside',
      recipients: ['age1v6udggmqfyfa0zmkqr8pzumxdyjnxl802y744p5dd9vm9ark53rq0nru39'],
      every_hours: 24,
      keep: 14,
    },
    backups: made.map((made_at, index) => ({ name: names(made_at), made_at, size: 257_400_000 - index * 1_300_000 })),
  };
}

function outlets(): Outlets {
  return {
    outlets: [
      { channel: 'mail', to: ['security@example.com', 'duty@example.com'], waiting: 0, sent_at: NOW - 3 * HOUR },
      {
        channel: 'webhook',
        to: ['https://siem.example.com/beside'],
        waiting: 3,
        failing_since: NOW - 40 * MINUTE,
        failure: 'https://siem.example.com/beside answered 503 Service Unavailable',
      },
    ],
  };
}
