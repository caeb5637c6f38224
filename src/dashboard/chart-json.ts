/** A chart as the page's script reads it. */
import { toRemark } from './remarks.ts';
import { lineTitle, type ShownChart } from './shown-chart.ts';
import type { Release } from './tags.ts';

/** `releases`: of a single image. */
export function chartJson({ chart, kind, look, scale, unit, isOverlapping, partial }: ShownChart, releases?: readonly Release[]): object {
  const { days, remarks } = chart;
  return {
    kind,
    look,
    scale,
    unit,
    isOverlapping,
    partial,
    days,
    lines: chart.lines.map((line) => ({ ...line, label: lineTitle(line.label) })),
    remarks: Object.fromEntries([...remarks].map(([day, parts]) => [day, toRemark(parts)])),
    ...(releases ? { releases } : {}),
  };
}

/** The same inside of a page, where nothing in it can end the element that holds it. */
export function chartJsonText(shown: ShownChart, releases?: readonly Release[]): string {
  return JSON.stringify(chartJson(shown, releases)).replaceAll('<', String.raw`\u003c`);
}
