/** Writes figures as Markdown. */
import { cpus, totalmem, type } from 'node:os';

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** A table with its heading. */
export function table(title: string, headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return [`## ${title}`, '', line(headings), line(headings.map(() => '---')), ...rows.map(line), ''].join('\n');
}

/** What the figures were measured on, and when. */
export function machine(now: Date): string {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GiB`;
  return `Measured on ${now.toISOString().slice(0, 10)} with Node ${process.version} on ${cpu?.model.trim() ?? 'an unknown processor'}, ${cpus().length} cores, ${memory}, ${type()}.`;
}

export function ms(value: number): string {
  return value < 10 ? `${value.toFixed(2)} ms` : value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

export function size(bytes: number): string {
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(bytes < 10 * 1024 ** 2 ? 1 : 0)} MiB`;
}

export function ratio(value: number): string {
  return value >= 100 ? `${Math.round(value).toLocaleString('en')} ×` : `${value.toFixed(1)} ×`;
}

export function percent(value: number): string {
  return `${Math.round(value * 100)} %`;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
