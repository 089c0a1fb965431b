// Props that a test may change while a component is mounted.
export function props<T extends object>(first: T): T {
  const state = $state(first);
  return state;
}
