// An account link as it goes well, badly, and neither.
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { Answer, OpenedLink, Problem } from '../../console/src/api.ts';
import { AccountLink, stepsOf, type LinkBroker } from '../../console/src/pages/account/link.svelte.ts';

const opened: OpenedLink = {
  name: 'minji.kim',
  role: 'operator',
  purpose: 'invitation',
  second_factor: 'needed',
  totp: { secret: 'JBSWY3DPEHPK3PXP', uri: 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP' },
  rules: { minimum_length: 12, mixed: false },
  life_seconds: 600,
};

const refuses = (code: Problem['code'], more: Partial<Problem> = {}): Answer<never> => ({
  ok: false,
  problem: { code, retryAfter: null, reasons: [], ...more },
});

describe('an account link', () => {
  const broker = {
    openLink: vi.fn<LinkBroker['openLink']>(),
    judgePassword: vi.fn<LinkBroker['judgePassword']>(),
    finishLink: vi.fn<LinkBroker['finishLink']>(),
  };

  beforeEach(() => {
    vi.resetAllMocks();
    broker.openLink.mockResolvedValue({ ok: true, value: opened });
  });

  /** Opened, and with a password chosen. */
  async function atFactor(changes: Partial<OpenedLink> = {}): Promise<AccountLink> {
    broker.openLink.mockResolvedValue({ ok: true, value: { ...opened, ...changes } });
    const link = new AccountLink(broker, 'token');
    await link.open();
    link.start();
    link.choose('harbour lantern quilt');
    return link;
  }

  it('goes from the welcome to the codes to the end', async () => {
    const link = await atFactor();
    expect(link.account).toMatchObject({ name: 'minji.kim', factor: { is: 'new', optional: false } });
    broker.finishLink.mockResolvedValue({ ok: true, value: { recovery_codes: ['a', 'b'] } });
    await link.finish('123456');
    expect(broker.finishLink.mock.calls).toEqual([['token', 'harbour lantern quilt', '123456']]);
    expect(link.step).toEqual({ at: 'codes', codes: ['a', 'b'] });
    link.codesKept();
    expect(link.step).toEqual({ at: 'done' });
  });

  it('shows no codes where there are none', async () => {
    const link = await atFactor({ second_factor: 'kept', totp: null });
    expect(link.account && stepsOf(link.account)).toBe(2);
    broker.finishLink.mockResolvedValue({ ok: true, value: { recovery_codes: [] } });
    await link.finish('123456');
    expect(link.step).toEqual({ at: 'done' });
  });

  it('asks nobody without a token', async () => {
    const link = new AccountLink(broker, null);
    await link.open();
    expect(link.step).toEqual({ at: 'missing' });
    expect(broker.openLink).not.toHaveBeenCalled();
  });

  it('can be opened again after a problem', async () => {
    broker.openLink.mockResolvedValueOnce(refuses('broker_unreachable'));
    const link = new AccountLink(broker, 'token');
    await link.open();
    expect(link.step).toMatchObject({ at: 'stopped', problem: { code: 'broker_unreachable' } });
    await link.open();
    expect(link.step).toEqual({ at: 'welcome' });
  });

  it('does not go on with a second factor that nobody could set up', async () => {
    broker.openLink.mockResolvedValue({ ok: true, value: { ...opened, totp: null } });
    const link = new AccountLink(broker, 'token');
    await link.open();
    expect(link.step).toMatchObject({ at: 'stopped', problem: { code: 'broker_misbehaved' } });
  });

  it('stays at the second factor when it is refused, and goes back when the password is', async () => {
    const link = await atFactor();
    broker.finishLink.mockResolvedValueOnce(refuses('second_factor_refused'));
    await link.finish('123456');
    expect(link.step).toMatchObject({ at: 'factor', problem: { code: 'second_factor_refused' } });
    broker.finishLink.mockResolvedValueOnce(refuses('password_refused', { reasons: ['breached'] }));
    await link.finish('123457');
    expect(link.step).toEqual({ at: 'password', refused: ['breached'] });
  });

  it('ends wherever the broker says that it has ended', async () => {
    const link = await atFactor();
    link.backToPassword();
    broker.judgePassword.mockResolvedValue(refuses('link_invalid'));
    await link.judge('harbour lantern quilt');
    expect(link.step).toMatchObject({ at: 'stopped', problem: { code: 'link_invalid' } });
  });

  it('does not say that nothing happened when nobody knows', async () => {
    const link = await atFactor();
    broker.finishLink.mockResolvedValueOnce(refuses('broker_unreachable'));
    await link.finish('123456');
    broker.finishLink.mockResolvedValueOnce(refuses('link_invalid'));
    await link.finish('123457');
    expect(link.step).toEqual({ at: 'unsure' });
  });

  it('sends one request at a time', async () => {
    const link = await atFactor();
    broker.finishLink.mockReturnValue(new Promise(() => {}));
    void link.finish('123456');
    void link.finish('123456');
    expect(broker.finishLink).toHaveBeenCalledTimes(1);
    expect(link.busy).toBe(true);
  });
});
