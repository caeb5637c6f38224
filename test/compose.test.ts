/** What compose.yaml hands on to the program. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { descriptors } from '../src/app/world.ts';
import { allSettings } from '../src/config/settings.ts';

/** They belong to the volume, the port and the health check of the file. */
const ofContainer = ['DATA_DIR', 'LISTEN_ADDR', 'HEALTH_FILE'];

/** The variables of the first service. */
async function passedVariables(): Promise<string[]> {
  const [, block = ''] = /\n {4}environment:\n((?: {6}.*\n)+)/.exec(await readFile('compose.yaml', 'utf8')) ?? [];
  return [...block.matchAll(/^ {6}(\w+):/gm)].map(([, variable = '']) => variable);
}

describe('compose.yaml', () => {
  it('passes every documented variable to the program, and no other', async () => {
    const documented = allSettings(descriptors).flatMap(({ variable, secret }) => (secret ? [variable, `${variable}_FILE`] : [variable]));

    expect((await passedVariables()).toSorted()).toEqual(
      [...documented.filter((variable) => !ofContainer.includes(variable)), 'TZ'].toSorted(),
    );
  });
});

describe('the values of the Helm chart', () => {
  it('know every setting that is no secret and that the chart does not set by itself', async () => {
    const schema = await readFile('deploy/helm/registry-stats/values.schema.json', 'utf8');
    const ofChart = new Set([
      ...ofContainer,
      'ROLE',
      'DOCKERHUB_USERNAME',
      ...descriptors.map(({ variablePrefix }) => `${variablePrefix}_REPOS`),
    ]);
    const settable = allSettings(descriptors).filter(({ variable, secret }) => !secret && !ofChart.has(variable));

    expect(settable.map(({ variable }) => variable).filter((variable) => !schema.includes(`"${variable}": {`))).toEqual([]);
    expect(settable.length).toBeGreaterThan(10);
  });
});
