/** The environment of a program that asks the simulator and keeps everything in one folder. */
import { join } from 'node:path';
import type { Simulator } from '../../src/demo/simulator/index.ts';

export type SimulatedEnvironment = Record<string, string> & { readonly DATA_DIR: string };

/** With `more` beside it, or in place of it. */
export function environmentOf(simulator: Simulator, directory: string, more: Readonly<Record<string, string>> = {}): SimulatedEnvironment {
  return {
    DATA_DIR: join(directory, 'data'),
    HEALTH_FILE: join(directory, '.healthy'),
    DOCKERHUB_URL: simulator.dockerHubUrl,
    GITHUB_URL: simulator.githubUrl,
    GHCR_URL: simulator.ghcrUrl,
    QUAY_URL: simulator.quayUrl,
    ECR_PUBLIC_URL: simulator.ecrPublicUrl,
    DOCKERHUB_DELAY_MS: '0',
    GHCR_DELAY_MS: '0',
    QUAY_DELAY_MS: '0',
    ECR_PUBLIC_DELAY_MS: '0',
    ...more,
  };
}
