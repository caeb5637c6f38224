/** The environment of a program that asks the simulator and keeps everything in one folder. */
import { join } from 'node:path';
import { simulatorEnvironment } from '../../src/demo/simulator/environment.ts';
import type { Simulator } from '../../src/demo/simulator/index.ts';

export type SimulatedEnvironment = Record<string, string> & { readonly DATA_DIR: string };

/** With `more` beside it, or in place of it. */
export function environmentOf(simulator: Simulator, directory: string, more: Readonly<Record<string, string>> = {}): SimulatedEnvironment {
  return {
    DATA_DIR: join(directory, 'data'),
    HEALTH_FILE: join(directory, '.healthy'),
    ...simulatorEnvironment(simulator),
    ...more,
  };
}
