// The colours and letters of the tokens, for what is painted by script.

export interface Palette {
  count: string;
  direct: string;
  relayed: string;
  wait: string;
  rest: string;
  spare: string;
  grid: string;
  ink: string;
  ink2: string;
  surface: string;
  heat: string[];
  font: string;
}

export function palette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    count: token('data-count'),
    direct: token('data-direct'),
    relayed: token('data-relayed'),
    wait: token('data-wait'),
    rest: token('data-rest'),
    spare: token('data-spare'),
    grid: token('data-grid'),
    ink: token('ink'),
    ink2: token('ink-2'),
    surface: token('surface'),
    heat: [0, 1, 2, 3, 4, 5, 6].map((step) => token(`heat-${step}`)),
    font: token('font'),
  };
}
