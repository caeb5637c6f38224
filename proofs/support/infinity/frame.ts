/** How Infinity's backend parser makes a frame of a JSON answer (facts about the plugin 3.11.1 and its golden frames). */
import type { InfinityColumn, InfinityQuery } from '../../../grafana/source/infinity.ts';

export type Value = string | number | boolean | null;

export interface Field {
  readonly name: string;
  readonly type: 'time' | 'number' | 'string' | 'boolean';
  /** Times are milliseconds since the epoch. */
  readonly values: readonly Value[];
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Frame {
  readonly fields: readonly Field[];
  readonly meta?: 'timeseries-wide' | 'numeric-long' | undefined;
}

/** @throws Error with what a panel would show */
export function frameOf(
  answer: unknown,
  { root_selector: root, columns, format }: Pick<InfinityQuery, 'root_selector' | 'columns' | 'format'>,
): Frame {
  const found = root === '' ? answer : valueAt(answer, root);
  if (found === undefined) throw new Error(`${root} is not in the answer: it would be tried as JSONata, and fail`);
  const rows = Array.isArray(found) ? found : [found];
  // Without rows there are no fields at all.
  if (rows.length === 0) return { fields: [] };
  // Go's maps have no order: the fields come by their names.
  const ordered = [...columns].toSorted((a, b) => (a.text < b.text ? -1 : 1));
  const long: Frame = { fields: ordered.map((column) => fieldOf(column, rows)) };
  if (format === 'timeseries') return longToWide(long);
  return { ...long, meta: isNumericLong(long) ? 'numeric-long' : undefined };
}

const fieldTypes = { string: 'string', number: 'number', boolean: 'boolean', timestamp: 'time' } as const;

function fieldOf({ selector, text, type }: InfinityColumn, rows: readonly unknown[]): Field {
  return { name: text || selector, type: fieldTypes[type], values: rows.map((row) => converted(valueAt(row, selector), type)) };
}

/** A gjson path: names with dots between them, a dot in a name escaped. */
function valueAt(value: unknown, path: string): unknown {
  let found = value;
  for (const name of path.split(/(?<!\\)\./)) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = new Map<string, unknown>(Object.entries(found)).get(name.replaceAll('\\.', '.'));
  }
  return found;
}

function converted(value: unknown, type: InfinityColumn['type']): Value {
  if (value === undefined || value === null) return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (type === 'string') return text;
  if (type === 'boolean') return text === 'true';
  if (type === 'number') return text.trim() === '' || Number.isNaN(Number(text)) ? null : Number(text);
  // A number in a column of type timestamp is read as a year.
  const epochMs = typeof value === 'number' ? Number.NaN : Date.parse(text);
  return Number.isNaN(epochMs) ? null : epochMs;
}

/** One field for each set of labels. What cannot be turned stays as it is, without a word: the panel is then garbage. */
function longToWide(frame: Frame): Frame {
  const time = frame.fields.find(({ type }) => type === 'time');
  const values = frame.fields.filter(({ type }) => type === 'number');
  const factors = frame.fields.filter(({ type }) => type === 'string' || type === 'boolean');
  if (!time || values.length === 0) return frame;
  const times = time.values;
  if (times.some((each, at) => typeof each !== 'number' || (at > 0 && Number(times[at - 1]) > each))) return frame;
  if (factors.length === 0) return { ...frame, meta: 'timeseries-wide' };
  const distinct = [...new Set(times)];
  const series = new Map<string, Field & { readonly values: Value[] }>();
  for (const [row, moment] of times.entries()) {
    const labels = Object.fromEntries(factors.map(({ name, values: names }) => [name, String(names[row] ?? '')]));
    for (const { name, values: all } of values) {
      const key = `${name}\n${JSON.stringify(labels)}`;
      const field = series.get(key) ?? { name, type: 'number', labels, values: distinct.map(() => null) };
      // Of rows with the same time and labels the last one wins.
      field.values[distinct.indexOf(moment)] = all[row] ?? null;
      series.set(key, field);
    }
  }
  const sorted = [...series].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, field]) => field);
  return { fields: [{ ...time, values: distinct }, ...sorted], meta: 'timeseries-wide' };
}

function isNumericLong({ fields }: Frame): boolean {
  const rows = fields[0]?.values.length ?? 0;
  const has = (type: Field['type']): boolean => fields.some((field) => field.type === type);
  return rows === 1 ? has('number') : rows > 1 && has('number') && has('string');
}
