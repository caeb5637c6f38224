/** What the demo needs: simulated registries and the history of their images. A bundle of its own, loaded by that command alone. */
export { createDemo, type Demo } from './world.ts';
export { simulatorEnvironment } from './simulator/environment.ts';
export { startSimulator, type Simulator } from './simulator/index.ts';
