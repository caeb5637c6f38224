/** `health`: whether the service is healthy, from the marker file alone. */
import { readFile, stat } from 'node:fs/promises';
import { settings } from '../config/settings.ts';
import { readMarker, reasonPath } from '../core/model/health-marker.ts';
import type { HealthReport } from '../core/model/health-marker.ts';
import type { CliIo } from './io.ts';

/** Exits 0 while the marker exists and is fresh, 1 otherwise, and prints the reason. Its one option is `--health-file <path>`. */
export async function health(args: readonly string[], { env, stdout }: CliIo): Promise<number> {
  const option = args[args.indexOf('--health-file') + 1];
  const path = (args.includes('--health-file') && option) || env[settings.healthFile.variable]?.trim() || settings.healthFile.default;
  const { healthy, reason } = await probe(path, Date.now());
  stdout.write(`${healthy ? 'healthy' : 'unhealthy'}: ${reason}\n`);
  return healthy ? 0 : 1;
}

async function probe(path: string, now: number): Promise<HealthReport> {
  try {
    const [content, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    return readMarker(content, now - mtimeMs);
  } catch {
    return { healthy: false, reason: await unhealthyReason(path) };
  }
}

async function unhealthyReason(path: string): Promise<string> {
  try {
    return (await readFile(reasonPath(path), 'utf8')).trim();
  } catch {
    return `health marker ${path} not found: the service is not running, or its first run has not finished`;
  }
}
