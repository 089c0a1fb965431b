// A password judged while it is typed.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Answer, Judgement } from '../../console/src/api.ts';
import { Judge } from '../../console/src/pages/account/judge.svelte.ts';

const accepted: Answer<Judgement> = { ok: true, value: { accepted: true, reasons: [] } };
const breached: Answer<Judgement> = { ok: true, value: { accepted: false, reasons: ['breached'] } };
const unreachable: Answer<Judgement> = {
  ok: false,
  problem: { code: 'broker_unreachable', retryAfter: null, reasons: [] },
};

describe('a judge', () => {
  const ask = vi.fn<(password: string) => Promise<Answer<Judgement>>>();
  let judge: Judge;

  beforeEach(() => {
    vi.useFakeTimers();
    ask.mockReset().mockResolvedValue(accepted);
    judge = new Judge(ask, 12);
  });

  afterEach(() => vi.useRealTimers());

  it('asks only when the typing rests', async () => {
    for (const password of ['harbour lant', 'harbour lante', 'harbour lantern']) {
      judge.look(password);
      await vi.advanceTimersByTimeAsync(300);
    }
    expect(ask).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(100);
    expect(ask.mock.calls).toEqual([['harbour lantern']]);
    expect(judge.verdict).toEqual({ is: 'accepted' });
  });

  it('counts what is missing by itself, in characters', async () => {
    judge.look('비밀번호🔑');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(judge.verdict).toEqual({ is: 'short', missing: 7 });
    expect(ask).not.toHaveBeenCalled();
    judge.look('');
    expect(judge.verdict).toEqual({ is: 'none' });
  });

  it('drops an answer that is about another password', async () => {
    let answer: (said: Answer<Judgement>) => void = () => {};
    ask.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    judge.look('an old password');
    await vi.advanceTimersByTimeAsync(400);
    judge.look('a new password');
    answer(breached);
    await vi.advanceTimersByTimeAsync(0);
    expect(judge.verdict).toEqual({ is: 'asking' });
    await vi.advanceTimersByTimeAsync(400);
    expect(judge.verdict).toEqual({ is: 'accepted' });
  });

  it('settles at once, without asking twice', async () => {
    ask.mockResolvedValue(breached);
    expect(await judge.settle('harbour lantern')).toEqual({ is: 'refused', reasons: ['breached'] });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await judge.settle('harbour lantern')).toEqual({ is: 'refused', reasons: ['breached'] });
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('waits for the question that is under way', async () => {
    judge.look('harbour lantern');
    await vi.advanceTimersByTimeAsync(400);
    expect(await judge.settle('harbour lantern')).toEqual({ is: 'accepted' });
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('asks again when the broker could not be asked', async () => {
    ask.mockResolvedValueOnce(unreachable);
    expect(await judge.settle('harbour lantern')).toMatchObject({ is: 'unknown' });
    expect(await judge.settle('harbour lantern')).toEqual({ is: 'accepted' });
  });
});
