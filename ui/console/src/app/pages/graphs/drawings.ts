// How the graphs are drawn: axes from zero, few ticks, no legend; names at the ends of lines.
import type { Drawing } from './echarts.ts';
import type { Palette } from './palette.ts';

/** What stands below and beside bars and lines. */
export interface Axis {
  labels: string[];
  /** Writes a value. */
  text: (value: number) => string;
  /** Times have other round numbers than counts. */
  times?: boolean;
}

const SIZE = 14;
/** Room for a figure of that size. */
const SIGN = 8.5;
const TICKS = 4;
/** Round numbers of seconds on a clock. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400];

const base = ({ font, ink2 }: Palette): Drawing => ({
  animation: false,
  textStyle: { fontFamily: font, fontSize: SIZE, color: ink2 },
  grid: { left: 4, right: 12, top: 16, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
});

function tip({ ink, surface, font }: Palette): NonNullable<Drawing['tooltip']> {
  return {
    // Words in a box that is painted, not markup: names come from outside.
    renderMode: 'richText',
    confine: true,
    backgroundColor: ink,
    borderWidth: 0,
    padding: [6, 10],
    textStyle: { color: surface, fontSize: SIZE, fontFamily: font },
  };
}

const labels = ({ ink2, font }: Palette) => ({ color: ink2, fontSize: SIZE, fontFamily: font });

/** The largest value and the step of an axis for times in milliseconds. */
export function timeAxis(most: number): { max: number; interval: number } {
  const step = (STEPS.find((seconds) => most / (seconds * 1_000) <= TICKS) ?? 86_400) * 1_000;
  return { max: Math.max(step, Math.ceil(most / step) * step), interval: step };
}

function valueAxis(palette: Palette, { text, times }: Axis, most: number, whole = true): Drawing['yAxis'] {
  return {
    type: 'value',
    min: 0,
    ...(times ? timeAxis(most) : { splitNumber: TICKS, ...(whole && { minInterval: 1 }) }),
    splitLine: { lineStyle: { color: palette.grid } },
    axisLabel: { ...labels(palette), formatter: text },
  };
}

function categoryAxis(palette: Palette, { labels: names }: Axis): Drawing['xAxis'] {
  return {
    type: 'category',
    data: names,
    axisTick: { show: false },
    axisLine: { show: false },
    axisLabel: {
      ...labels(palette),
      hideOverlap: true,
      textMargin: [0, 6],
      showMinLabel: true,
      interval: Math.max(0, Math.ceil(names.length / 4) - 1),
    },
  };
}

/** Columns, some of them paler. */
export function columns(palette: Palette, axis: Axis, values: number[], pale: (index: number) => boolean): Drawing {
  return {
    ...base(palette),
    xAxis: categoryAxis(palette, axis),
    yAxis: valueAxis(palette, axis, Math.max(...values, 0)),
    tooltip: { ...tip(palette), trigger: 'axis', axisPointer: { type: 'none' }, valueFormatter: formatter(axis) },
    series: [
      {
        type: 'bar',
        data: values.map((value, index) => ({
          value,
          itemStyle: { color: palette.count, opacity: pale(index) ? 0.5 : 1, borderRadius: [2, 2, 0, 0] },
        })),
        barCategoryGap: '24%',
        cursor: 'pointer',
      },
    ],
  };
}

export interface Line {
  name: string;
  values: (number | null)[];
  colour: string;
  dashed?: boolean;
}

/** Lines with their names at the end. */
export function lines(palette: Palette, axis: Axis, drawn: Line[]): Drawing {
  const most = Math.max(0, ...drawn.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const room =
    16 +
    9 * Math.max(...drawn.map(({ name }) => [...name].reduce((sum, sign) => sum + (sign > '\u2e80' ? 1.7 : 1), 0)));
  return {
    ...base(palette),
    grid: { left: 4, right: room, top: 16, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: categoryAxis(palette, axis),
    yAxis: valueAxis(palette, axis, most),
    tooltip: { ...tip(palette), trigger: 'axis', axisPointer: { type: 'line' }, valueFormatter: formatter(axis) },
    series: drawn.map(({ name, values, colour, dashed }) => ({
      type: 'line',
      name,
      data: values,
      connectNulls: true,
      symbolSize: 6,
      showSymbol: values.filter((value) => value !== null).length === 1,
      lineStyle: { color: colour, width: dashed ? 1.8 : 2.4, type: dashed ? 'dashed' : 'solid' },
      itemStyle: { color: colour },
      endLabel: {
        // A line without a value has no end.
        show: values.some((value) => value !== null),
        formatter: '{a}',
        color: palette.ink,
        fontSize: SIZE,
        fontWeight: 600,
        fontFamily: palette.font,
      },
      labelLayout: { moveOverlap: 'shiftY' },
    })),
  };
}

export interface Layer {
  name: string;
  values: number[];
  colour: string;
}

/** Columns of 100 %, in layers. Values are parts from 0 to 1. */
export function shares(palette: Palette, axis: Axis, layers: Layer[]): Drawing {
  return {
    ...base(palette),
    xAxis: categoryAxis(palette, axis),
    yAxis: { ...valueAxis(palette, axis, 1, false), max: 1, interval: 0.25 } as Drawing['yAxis'],
    tooltip: { ...tip(palette), trigger: 'axis', axisPointer: { type: 'none' }, valueFormatter: formatter(axis) },
    series: layers.map(({ name, values, colour }) => ({
      type: 'bar',
      name,
      stack: 'whole',
      data: values,
      // Areas that meet are kept apart by the ground.
      itemStyle: { color: colour, borderColor: palette.surface, borderWidth: 1 },
      barCategoryGap: '12%',
      cursor: 'pointer',
    })),
  };
}

/** Bars to the right, the first on top, each with its words behind it. */
export function bars(palette: Palette, names: string[], values: number[], words: string[]): Drawing {
  return {
    ...base(palette),
    // The words behind the longest bar come first: names and bars share what is left, however little.
    grid: {
      left: 4,
      right: 12 + SIGN * Math.max(0, ...words.map(({ length }) => length)),
      top: 0,
      bottom: 0,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
      outerBoundsClampWidth: 0,
    },
    xAxis: { type: 'value', min: 0, max: Math.max(1, ...values), show: false },
    yAxis: {
      type: 'category',
      inverse: true,
      data: names,
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: { ...labels(palette), width: 176, overflow: 'truncate' },
    },
    series: [
      {
        type: 'bar',
        data: values,
        barMaxWidth: 22,
        cursor: 'pointer',
        itemStyle: { color: palette.count, borderRadius: 3 },
        label: {
          show: true,
          position: 'right',
          formatter: ({ dataIndex }) => words[dataIndex] ?? '',
          color: palette.ink2,
          fontSize: SIZE,
          fontFamily: palette.font,
        },
      },
    ],
  };
}

/** A field of cells: `rows[y][x]`. */
export function heat(
  palette: Palette,
  across: string[],
  down: string[],
  rows: number[][],
  text: (x: number, y: number) => string,
): Drawing {
  const most = Math.max(1, ...rows.flat());
  const steps = palette.heat.length - 1;
  // Nothing has a colour of its own; the rest are six steps of the same width.
  const pieces = [
    { value: 0, color: palette.heat[0] ?? '' },
    ...palette.heat.slice(1).map((color, step) => ({
      gt: (most * step) / steps,
      lte: (most * (step + 1)) / steps,
      color,
    })),
  ];
  return {
    ...base(palette),
    grid: { left: 4, right: 4, top: 4, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: {
      type: 'category',
      data: across,
      axisTick: { show: false },
      axisLine: { show: false },
      splitArea: { show: false },
      axisLabel: { ...labels(palette), interval: 2 },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: down,
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: { ...labels(palette), interval: 0 },
    },
    visualMap: { type: 'piecewise', show: false, pieces },
    tooltip: {
      ...tip(palette),
      trigger: 'item',
      formatter: (shown) => {
        const [x, y] = (Array.isArray(shown) ? shown[0]?.value : shown.value) as [number, number];
        return text(x, y);
      },
    },
    series: [
      {
        type: 'heatmap',
        data: rows.flatMap((row, y) => row.map((value, x) => [x, y, value])),
        itemStyle: { borderColor: palette.surface, borderWidth: 2, borderRadius: 5 },
        emphasis: { itemStyle: { borderColor: palette.ink } },
      },
    ],
  };
}

const formatter =
  ({ text }: Axis) =>
  (value: unknown) =>
    typeof value === 'number' ? text(value) : '–';
