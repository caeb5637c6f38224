/** `health`: whether the service is healthy, from the marker file alone. launcher.ts runs it without the rest of the program. */
import { readFileSync, statSync } from 'node:fs';
import { agoText, markerSetting, readMarker, reasonPath, type HealthReport } from '../core/model/health-marker.ts';

export interface ProbeResult {
  readonly exitCode: 0 | 1;
  /** One line for people. */
  readonly text: string;
}

/** 0 while the marker exists and is fresh, 1 otherwise. `args` may have `--health-file <path>`; `now` in milliseconds since the epoch. */
export function health(args: readonly string[], env: Readonly<Record<string, string | undefined>>, now: number): ProbeResult {
  const option = args.includes('--health-file') && args[args.indexOf('--health-file') + 1];
  const path = option || env[markerSetting.variable]?.trim() || markerSetting.default;
  const { healthy, reason } = report(path, now);
  return { exitCode: healthy ? 0 : 1, text: `${healthy ? 'healthy' : 'unhealthy'}: ${reason}\n` };
}

function report(path: string, now: number): HealthReport {
  try {
    return readMarker(readFileSync(path, 'utf8'), now - statSync(path).mtimeMs);
  } catch {
    return { healthy: false, reason: unhealthyReason(path, now) };
  }
}

function unhealthyReason(path: string, now: number): string {
  const beside = reasonPath(path);
  try {
    return `${readFileSync(beside, 'utf8').trim()}${agoText(now - statSync(beside).mtimeMs)}`;
  } catch {
    return `health marker ${path} not found: the service is not running, or has not read every registry yet`;
  }
}
