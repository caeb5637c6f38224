/** Grafana's own library for frames: the real transformations, and the names that legends show. */
import { createRequire } from 'node:module';
import type * as GrafanaData from '@grafana/data';
import type { Frame } from './infinity/frame.ts';

// It is made for a browser: it looks for one while it loads, and for a window afterwards (seen with 13.2.3).
if (!('navigator' in globalThis)) Reflect.set(globalThis, 'navigator', { language: 'en-US', languages: ['en-US'] });
const data: typeof GrafanaData = createRequire(import.meta.url)('@grafana/data');
Reflect.set(globalThis, 'window', {});
// Some stand in its list under two names.
const transformers = new Map(Object.values(data.standardTransformers).map((each) => [each.id, each]));
data.standardTransformersRegistry.setInit(() =>
  [...transformers.values()].map((each) => ({
    id: each.id,
    name: each.name,
    transformation: async () => each,
    editor: () => null,
    imageDark: '',
    imageLight: '',
  })),
);

/** A frame as a panel has it after its transformations: the values of each field by its displayed name. */
export type Shown = Readonly<Record<string, readonly unknown[]>>;

/** Runs a panel's transformations over the frame of its query. */
export async function shown(
  frame: Frame,
  transformations: readonly { readonly id: string; readonly options?: unknown }[],
): Promise<readonly Shown[]> {
  const input = data.toDataFrame({
    fields: frame.fields.map(({ name, type, values, labels }) => ({ name, type, values: [...values], labels, config: {} })),
  });
  const frames = await new Promise<GrafanaData.DataFrame[]>((resolve, reject) => {
    const options = transformations.map(({ id, options: own }) => ({ id, options: own }));
    data.transformDataFrame(options, [input]).subscribe({ next: resolve, error: reject });
  });
  return frames.map((each) =>
    Object.fromEntries(each.fields.map((field) => [data.getFieldDisplayName(field, each, frames), [...field.values]])),
  );
}

/** What a stat shows of the fields that match. */
export function reduced(frame: Frame, fields: string, calc: string): number[] {
  const pattern = new RegExp(fields.slice(1, -1));
  const input = data.toDataFrame({
    fields: frame.fields.map(({ name, type, values }) => ({ name, type, values: [...values], config: {} })),
  });
  return input.fields.filter(({ name }) => pattern.test(name)).map((field) => Number(data.reduceField({ field, reducers: [calc] })[calc]));
}
