/** The health marker as a file: there while healthy. Beside it, while unhealthy, a file tells the probe why. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { errorFields, toAppError } from '../core/model/errors.ts';
import { formatMarker, reasonPath } from '../core/model/health-marker.ts';
import type { Logger } from '../core/ports.ts';
import type { HealthMarker } from './health.ts';

export function createMarkerFile(path: string, log: Logger): HealthMarker {
  async function attempt(change: () => Promise<void>): Promise<void> {
    try {
      await change();
    } catch (error) {
      log.error('health marker could not be changed, set HEALTH_FILE to a place that can be written', {
        path,
        ...errorFields(toAppError(error)),
      });
    }
  }
  return {
    set: (maxAgeMs) =>
      attempt(async () => {
        await writeFile(`${path}.tmp`, formatMarker(maxAgeMs));
        await rename(`${path}.tmp`, path);
        await rm(reasonPath(path), { force: true });
      }),
    clear: (reason) =>
      attempt(async () => {
        await rm(path, { force: true });
        await writeFile(reasonPath(path), `${reason}\n`);
      }),
  };
}
