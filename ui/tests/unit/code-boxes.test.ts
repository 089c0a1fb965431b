// The code boxes as a person meets them.
import { flushSync, mount, unmount, type ComponentProps } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import CodeBoxes from '../../kit/src/parts/CodeBoxes.svelte';
import { props } from './props.svelte.ts';

describe('code boxes', () => {
  const onfull = vi.fn<(digits: string) => void>();
  let given: ComponentProps<typeof CodeBoxes>;
  let component: Record<string, unknown>;

  beforeEach(() => {
    onfull.mockReset();
    given = props<ComponentProps<typeof CodeBoxes>>({
      grouping: 'code',
      label: 'Code',
      testid: 'code',
      busy: false,
      attempt: 0,
      onfull,
    });
    component = mount(CodeBoxes, { target: document.body, props: given });
    flushSync();
  });

  afterEach(() => unmount(component));

  const input = () => document.querySelector('input') as HTMLInputElement;
  const shown = () => [...document.querySelectorAll('.box')].map((box) => box.textContent);

  function type(value: string): void {
    input().value = value;
    input().dispatchEvent(new InputEvent('input', { bubbles: true }));
    flushSync();
  }

  it('take the focus when they come', () => {
    expect(document.activeElement).toBe(input());
  });

  it('show each digit in its box and drop what is no digit', () => {
    type('4a8');
    expect(shown()).toEqual(['4', '8', '', '', '', '']);
    expect(input().value).toBe('48');
    expect(onfull).not.toHaveBeenCalled();
  });

  it('submit at the sixth digit, once', () => {
    type('482 916');
    expect(onfull.mock.calls).toEqual([['482916']]);
    type('4829167');
    expect(onfull).toHaveBeenCalledTimes(1);
    expect(input().value).toBe('482916');
  });

  it('empty after a refusal, and take the next code', () => {
    type('482916');
    given.busy = true;
    flushSync();
    expect(shown()).toEqual(['4', '8', '2', '9', '1', '6']);
    given.busy = false;
    given.attempt = 1;
    flushSync();
    expect(shown()).toEqual(['', '', '', '', '', '']);
    type('111111');
    expect(onfull).toHaveBeenLastCalledWith('111111');
  });

  it('keep half a code when the same view comes again', () => {
    type('48');
    given.attempt = 1;
    flushSync();
    expect(shown()).toEqual(['4', '8', '', '', '', '']);
  });
});
