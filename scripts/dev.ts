/** Runs the service from its sources; restarts it when one of them changes, and bundles the pages' files anew when one of those does. */
import { spawn } from 'node:child_process';
import { context } from 'esbuild';
import { clientBuilds, writeClientAssets } from './client-assets.ts';

let written: Promise<unknown> = Promise.resolve();

/** One at a time. Sources that cannot be bundled are esbuild's to tell of; the files stay as they were. */
function rewriteAssets(): void {
  written = written.then(() => writeClientAssets().catch(() => undefined));
}

const contexts = await Promise.all(
  clientBuilds.map(async (options) =>
    context({ ...options, logLevel: 'silent', plugins: [{ name: 'assets', setup: (bundler) => bundler.onEnd(rewriteAssets) }] }),
  ),
);
await Promise.all(contexts.map((each) => each.watch()));
// It does not watch dist of its own accord.
const service = spawn('tsx', ['watch', '--clear-screen=false', '--include', 'dist/assets.json', 'src/main.ts', ...process.argv.slice(2)], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => service.kill(signal));
service.once('exit', (code) => {
  process.exitCode = code ?? 0;
  for (const each of contexts) void each.dispose();
});
