/** The events in how a run went for the service itself: what was read could not be stored, most images of a registry could not be read, or can again. */
import { serviceName, type RecordedEvent, type RecordedKind } from '../core/model/event.ts';
import { isNotThere, type RegistryRun, type RunRecord } from '../core/model/run.ts';
import { diagnose } from './diagnosis.ts';

interface Context {
  /** By id. */
  readonly titles: ReadonlyMap<string, string>;
  /** ISO 8601 moment. */
  readonly at: string;
}

/** The events that are new; `recorded`: all before. */
export function serviceEvents(run: RunRecord, recorded: readonly RecordedEvent[], { titles, at }: Context): readonly RecordedEvent[] {
  const event = (registry: string, kind: RecordedKind, detail?: string): RecordedEvent => ({
    time: at,
    seenAt: at,
    registry,
    repo: undefined,
    kind,
    detail,
  });
  const change = (registry: string, [bad, good]: readonly [RecordedKind, RecordedKind], detail: string | undefined): RecordedEvent[] => {
    const last = recorded.findLast((each) => each.registry === registry && (each.kind === bad || each.kind === good))?.kind;
    if (detail !== undefined) return last === bad ? [] : [event(registry, bad, detail)];
    return last === bad ? [event(registry, good)] : [];
  };
  return [
    ...change(serviceName, ['storing_failed', 'storing_restored'], run.saveError?.message),
    ...run.registries.flatMap((part) => {
      // That of a registry which gives nothing at all is an outage.
      if (part.imagesRead === 0) return [];
      return change(part.registry, ['collecting_failed', 'collecting_restored'], mostMissing(part, titles));
    }),
  ];
}

/** Why at least half of a registry's images could not be read; undefined where fewer could not. */
function mostMissing({ registry, imagesRead, failures }: RegistryRun, titles: Context['titles']): string | undefined {
  const missing = failures.filter((failure) => failure.missing === 'total' && !isNotThere(failure));
  if (missing.length < imagesRead) return undefined;
  const reason = diagnose(titles.get(registry) ?? registry, imagesRead, failures)?.text ?? missing[0]?.message;
  return `${missing.length} of ${missing.length + imagesRead} images could not be read: ${reason}`;
}
