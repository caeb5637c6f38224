import type { Simulator } from './index.ts';

/** The variables with which the program asks the simulator in place of the registries, without pauses. */
export function simulatorEnvironment(simulator: Simulator): Readonly<Record<string, string>> {
  return {
    DOCKERHUB_URL: simulator.dockerHubUrl,
    GITHUB_URL: simulator.githubUrl,
    GHCR_URL: simulator.ghcrUrl,
    QUAY_URL: simulator.quayUrl,
    ECR_PUBLIC_URL: simulator.ecrPublicUrl,
    DOCKERHUB_DELAY_MS: '0',
    GHCR_DELAY_MS: '0',
    QUAY_DELAY_MS: '0',
    ECR_PUBLIC_DELAY_MS: '0',
  };
}
