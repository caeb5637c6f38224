/** Runs the soak at its full length and writes SOAK.md; takes hours. */
import { writeFile } from 'node:fs/promises';
import { soak, type Sample, type SoakOptions } from '../test/soak/soak.ts';
import { machine, size, table } from './report.ts';

const quick = process.argv.includes('--quick');
const options: SoakOptions = {
  days: quick ? 4 : 400,
  images: quick ? 10 : 170,
  historyDays: quick ? 30 : 365,
  limitBytes: 128 * 1024 ** 2,
};
const parts = 4;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function part(samples: readonly Sample[], at: number): readonly Sample[] {
  return samples.slice(Math.floor((at * samples.length) / parts), Math.floor(((at + 1) * samples.length) / parts));
}

function count(value: number): string {
  return value.toLocaleString('en');
}

/** All of it. @throws when something was lost, invented, refused or complained about */
export async function benchSoak(): Promise<void> {
  const begun = performance.now();
  const result = await soak({ ...options, onDay: (day) => process.stderr.write(`${day}\n`) });
  const { cycles, samples, load, checked, findings, complaints, isLimited, peakBytes } = result;
  const wrong = [...findings, ...complaints, ...load.failures];
  const rows = Array.from({ length: parts }, (_, at) => {
    const days = part(samples, at);
    return [
      `${days[0]?.day} to ${days.at(-1)?.day}`,
      size(median(days.map(({ ownBytes }) => ownBytes))),
      size(Math.max(...days.map(({ ownBytes }) => ownBytes))),
      String(median(days.map(({ descriptors }) => descriptors))),
      String(Math.max(...days.map(({ descriptors }) => descriptors))),
    ];
  });
  const text = `<!-- Written by npm run bench -- soak; do not edit. -->
# Soak

${machine(new Date())} It took ${Math.round((performance.now() - begun) / 60_000)} minutes.

The real service ${isLimited ? `inside a limit of ${size(options.limitBytes)}` : 'without a limit, as none can be made here'}, with ${options.historyDays} days of ${options.images}
images from the Go tool in its folder, through ${options.days} days of hourly cycles in simulated time: registries, disk and clock fail as
\`test/soak/trouble.ts\` says, and somebody asks for everything all the time.

| | |
| --- | --- |
| Cycles | ${count(cycles)} |
| Totals that had to be stored | ${count(checked)} |
| Lost, invented, or served wrongly | ${count(findings.length)} |
| Answers of the service | ${count(load.answers)} |
| Of them not 200 | ${count(load.failures.length)} |
| Errors in the log that no fault explains | ${count(complaints.length)} |
| Peak, caches included | ${size(peakBytes)} |

${table('What the process held at the end of each day', ['Days', 'Memory of its own, median', 'Most', 'Descriptors, median', 'Most'], rows)}`;
  process.stdout.write(text);
  if (wrong.length > 0) throw new Error(`${wrong.length} faults of the service, the first ones:\n${wrong.slice(0, 20).join('\n')}`);
  if (!quick) await writeFile('bench/SOAK.md', text);
}
