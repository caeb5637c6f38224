/** Columns as parameters of `unnest`: a statement for thousands of rows. The driver's own way takes an element several regular expressions. */
import { storable } from './storable-json.ts';

/** Neither quotes nor an escape are needed; what else a value may begin with is quoted. */
const plain = /^[\w:.+/@-]+$/;

/** A column of numbers, to be cast (`::bigint[]`). A column without any value is empty, which `unnest` fills up with NULL. */
export function numberColumn(values: readonly (number | undefined)[]): string {
  return column(values, String);
}

/** A column of texts, to be cast (`::text[]`, `::date[]`, …); what PostgreSQL cannot store becomes U+FFFD. */
export function textColumn(values: readonly (string | undefined)[]): string {
  return column(values, quoted);
}

function column<T>(values: readonly (T | undefined)[], format: (value: T) => string): string {
  if (values.every((value) => value === undefined)) return '{}';
  return `{${values.map((value) => (value === undefined ? 'NULL' : format(value))).join(',')}}`;
}

function quoted(text: string): string {
  if (plain.test(text) && text.toUpperCase() !== 'NULL') return text;
  return `"${storable(text).replace(/["\\]/g, String.raw`\$&`)}"`;
}
