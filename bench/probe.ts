/** What the health probe costs beside a Node program that does nothing. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { formatMarker } from '../src/core/model/health-marker.ts';
import { imageStart } from '../test/support/program.ts';
import { median, ms, ratio, size } from './report.ts';

interface Cost {
  readonly cpuMs: number;
  readonly peakBytes: number;
}

export const probeRuns = 20;

/** The rows of the table: the empty program, the probe, and the one beside the other. */
export async function probeRows(): Promise<string[][]> {
  const directory = await mkdtemp(join(tmpdir(), 'registry-stats-bench-probe-'));
  try {
    const [counter, empty, marker] = [join(directory, 'counter.cjs'), join(directory, 'empty.cjs'), join(directory, '.healthy')];
    // Loaded in front of both, so that neither pays for it alone.
    await writeFile(counter, `process.on('exit', () => require('node:fs').writeSync(2, JSON.stringify(process.resourceUsage())));`);
    await writeFile(empty, '');
    await writeFile(marker, formatMarker(undefined));
    const { nodeOptions } = await imageStart();
    const env = { PATH: process.env['PATH'], HEALTH_FILE: marker };

    const cost = async (args: readonly string[]): Promise<Cost> => {
      const { stderr } = await promisify(execFile)(process.execPath, ['--require', counter, ...args], { env });
      const { userCPUTime, systemCPUTime, maxRSS }: NodeJS.ResourceUsage = JSON.parse(stderr);
      return { cpuMs: (userCPUTime + systemCPUTime) / 1_000, peakBytes: maxRSS * 1_024 };
    };
    const [nothing, probe]: [Cost[], Cost[]] = [[], []];
    for (let run = 0; run < probeRuns; run += 1) {
      nothing.push(await cost([empty]));
      probe.push(await cost([...nodeOptions, 'dist/registry-stats.cjs', 'health']));
    }
    const [least, most] = [middle(nothing), middle(probe)];
    return [
      ['an empty program', ms(least.cpuMs), size(least.peakBytes)],
      ['`registry-stats health`', ms(most.cpuMs), size(most.peakBytes)],
      ['beside each other', ratio(most.cpuMs / least.cpuMs), ratio(most.peakBytes / least.peakBytes)],
    ];
  } finally {
    await rm(directory, { recursive: true });
  }
}

function middle(costs: readonly Cost[]): Cost {
  return { cpuMs: median(costs.map(({ cpuMs }) => cpuMs)), peakBytes: median(costs.map(({ peakBytes }) => peakBytes)) };
}
