/** `doctor`: whether everything is ready, before the first run and whenever something does not work. */
import { hostname } from 'node:os';
import type { Config } from '../config/load.ts';
import { toAppError } from '../core/model/errors.ts';
import { formatExact } from '../core/views/format.ts';
import { sources } from '../sources/index.ts';
import { checkDatabase, checkFolder } from '../store/index.ts';
import type { Finding } from './doctor/finding.ts';
import { checkRegistry } from './doctor/registries.ts';
import { memoryWarning } from './memory-limit.ts';
import { databaseOf } from './store.ts';
import { createWorld, descriptors, type Overrides, type World } from './world.ts';

export type { Finding } from './doctor/finding.ts';

const mebibyte = 1024 ** 2;
const minFreeBytes = 100 * mebibyte;

/** Findings as they come. Nothing is changed: what has to be created for a test is removed. Ends with the signal's reason when aborted. */
export async function* diagnose(config: Config, signal: AbortSignal, overrides: Overrides = {}): AsyncGenerator<Finding> {
  const world = createWorld(config, overrides);
  yield* configurationFindings(config);
  yield memoryFinding(world.memoryLimit);
  yield* await storageFindings(config, world);
  const checks = sources.flatMap((definition) => {
    const settings = config.registries[definition.descriptor.id];
    return settings && settings.targets.length > 0 ? [checkRegistry(definition, settings, world, signal)] : [];
  });
  // Each is awaited below; until then none may count as unhandled.
  for (const check of checks) check.catch(() => undefined);
  for (const check of checks) yield* await check;
}

function* configurationFindings({ problems, registries }: Config): Generator<Finding> {
  for (const { variable, entry, reason } of problems) {
    const text =
      entry === '' ? `${variable}: ${reason}` : `${JSON.stringify(entry).replaceAll('\\\\', '\\')} in ${variable} is ignored: ${reason}`;
    yield { area: 'configuration', level: 'warning', text };
  }
  const entries = Object.values(registries).reduce((sum, { targets }) => sum + targets.length, 0);
  if (entries > 0) {
    yield { area: 'configuration', level: 'ok', text: `${formatExact(entries)} ${entries === 1 ? 'entry is' : 'entries are'} tracked` };
  } else {
    const examples = descriptors.map(({ variablePrefix, example }) => `${variablePrefix}_REPOS=${example}`);
    yield { area: 'configuration', level: 'error', text: 'no images are configured', advice: `set ${examples.join(' or ')}` };
  }
}

function memoryFinding(limitBytes: number): Finding {
  const tooLittle = memoryWarning(limitBytes);
  if (tooLittle !== undefined) {
    const [text = '', advice] = tooLittle.split(': ', 2);
    return { area: 'memory', level: 'warning', text, advice };
  }
  // Where there is no limit the system says a number that no machine has.
  const isLimited = limitBytes > 0 && limitBytes < 2 ** 50;
  return {
    area: 'memory',
    level: 'ok',
    text: isLimited ? `the memory limit is ${formatExact(Math.floor(limitBytes / mebibyte))} MiB` : 'there is no memory limit',
  };
}

async function storageFindings(config: Config, { clock, log, files }: World): Promise<readonly Finding[]> {
  const database = databaseOf(config);
  try {
    if (database) {
      await checkDatabase(database, log);
      return [{ area: 'storage', level: 'ok', text: 'the database answers' }];
    }
    const { dataDir: directory } = config;
    const { days, isNew, inUse, freeBytes } = await checkFolder({ directory, clock, log, files, pid: process.pid, hostname: hostname() });
    const findings: Finding[] = [
      inUse === undefined
        ? {
            area: 'storage',
            level: 'ok',
            text: isNew ? `${directory} can be created` : `${directory} is writable and has ${formatExact(days)} days`,
          }
        : { area: 'storage', level: 'warning', text: inUse, advice: 'that is as it should be while the service is running' },
    ];
    if (freeBytes !== undefined && freeBytes < minFreeBytes) {
      const text = `only ${formatExact(Math.floor(freeBytes / mebibyte))} MiB are free in ${directory}`;
      findings.push({ area: 'storage', level: 'warning', text, advice: 'make room: a full disk stops what is read from being stored' });
    }
    return findings;
  } catch (error) {
    return [{ area: 'storage', level: 'error', text: toAppError(error).message }];
  }
}
