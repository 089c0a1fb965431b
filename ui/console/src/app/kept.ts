// What this browser keeps for a person: how tables look, and views under a name. A browser that keeps nothing is no fault.

export function kept<T>(key: string, otherwise: T, holds: (value: unknown) => value is T): T {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(`beside.${key}`) ?? 'null');
    return holds(value) ? value : otherwise;
  } catch {
    return otherwise;
  }
}

export function keep(key: string, value: unknown): void {
  try {
    localStorage.setItem(`beside.${key}`, JSON.stringify(value));
  } catch {
    return;
  }
}
