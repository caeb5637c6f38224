/** `restore`: puts an archive back. */
import { hostname } from 'node:os';
import type { Config } from '../config/load.ts';
import { type RestoreDeps, type Restored, restoreFolder } from '../store/index.ts';
import { refuseDatabase } from './store.ts';
import { type Overrides, createWorld } from './world.ts';

/** Puts the snapshots of an archive back. @throws AppError invalid_input, conflict, misconfigured, internal */
export function restoreHistory(
  config: Config,
  options: Pick<RestoreDeps, 'archive' | 'force' | 'onProgress'>,
  overrides: Overrides = {},
): Promise<Restored> {
  refuseDatabase(config, 'pg_restore, or import --keep-marks');
  const { clock, log } = createWorld(config, overrides);
  return restoreFolder({ directory: config.dataDir, clock, log, pid: process.pid, hostname: hostname(), ...options });
}
