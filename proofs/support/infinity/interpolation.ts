/** How Grafana puts variables and times into a query (facts about @grafana/scenes 8.16 and the Infinity plugin 3.11.1). */

/** What is chosen in a drop-down: names, or "All". */
export interface Chosen {
  readonly values: readonly string[] | 'all';
  /** What "All" stands for; absent or empty: every option. */
  readonly allValue?: string | undefined;
  readonly options: readonly string[];
}

export type Variables = Readonly<Record<string, Chosen>>;

export interface TimeRange {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

/** The text with `${name}`, `${name:csv}` and the time macros filled in. */
export function interpolate(text: string, variables: Variables, range: TimeRange): string {
  return text.replaceAll(/\$\{([^}:]+)(?::([^}]*))?\}/g, (written, name: string, format: string | undefined) => {
    if (name === '__timeFrom' || name === '__timeTo') return moment(name === '__timeFrom' ? range.from : range.to, format);
    const variable = variables[name];
    return variable ? formatted(variable, format ?? 'glob') : written;
  });
}

function formatted({ values, allValue, options }: Chosen, format: string): string {
  if (values === 'all' && allValue) return allValue;
  const names = values === 'all' ? options : values;
  if (format === 'csv') return names.join(',');
  if (format === 'pipe') return names.join('|');
  if (format === 'glob') return names.length > 1 ? `{${names.join(',')}}` : (names[0] ?? '');
  throw new Error(`the format ${format} is not modelled`);
}

/** Go writes no zeros at the end of a fraction. */
function moment(epochMs: number, format: string | undefined): string {
  if (format === undefined) return String(epochMs);
  const iso = new Date(epochMs).toISOString();
  if (format === 'date' || format === 'date:iso') return iso.replace(/\.?0*Z$/, 'Z');
  if (format === 'date:seconds') return String(Math.floor(epochMs / 1000));
  if (format === 'date:YYYY-MM-DD') return iso.slice(0, 10);
  throw new Error(`the format ${format} is not modelled`);
}
