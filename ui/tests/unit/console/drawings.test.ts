// What the drawings become, drawn by ECharts itself.
import { expect, test } from 'vitest';

import { lines } from '../../../console/src/app/pages/graphs/drawings.ts';
import { init } from '../../../console/src/app/pages/graphs/echarts.ts';
import type { Palette } from '../../../console/src/app/pages/graphs/palette.ts';

const palette: Palette = {
  surface: '#fff',
  ink: '#000',
  ink2: '#333',
  rest: '#666',
  grid: '#eee',
  count: '#111',
  wait: '#222',
  direct: '#333',
  spare: '#444',
  relayed: '#555',
  heat: ['#fff', '#000'],
  font: 'sans-serif',
};

test('a period without a single value follows one with many', () => {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 334, height: 268 });
  const axis = { labels: ['1', '2', '3'], text: String };
  const shown = (values: (number | null)[]) => {
    chart.setOption(lines(palette, axis, [{ name: 'Half', values, colour: '#111' }]), true);
    return chart.renderToSVGString();
  };
  const named = shown([1, 2, 3]).includes('Half');
  const nowhere = shown([null, null, null]).match(/\S*NaN\S*/gu);
  expect({ named, nowhere }).toEqual({ named: true, nowhere: null });
  chart.dispose();
});
