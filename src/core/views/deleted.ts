/** Images that their registry no longer has. */
import type { Day } from '../model/day.ts';
import type { RecordedEvent } from '../model/event.ts';
import type { ImageName } from '../model/image.ts';

/** The day on which an image was found deleted; undefined where it was not, or is back. `recorded`: by time. */
export function deletedSince(recorded: readonly RecordedEvent[], { registry, repo }: ImageName): Day | undefined {
  const last = recorded.findLast(
    (event) => event.registry === registry && event.repo === repo && (event.kind === 'image_gone' || event.kind === 'image_back'),
  );
  return last?.kind === 'image_gone' ? last.time.slice(0, 10) : undefined;
}
