/** The browser of the npm registry. */
import { execFile } from 'node:child_process';
import { access, mkdtemp, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

/** Goes when the package does, so that none of another version is found. */
const unpacked = 'node_modules/@sparticuz/chromium/unpacked';

/**
 * Resolves to the path of its executable, and unpacks it where nobody has.
 * Several may at once: each finds all of it.
 */
export async function chromiumPath(folder = unpacked): Promise<string> {
  const executable = resolve(folder, 'chromium');
  await access(executable).catch(() => unpack(resolve(folder)));
  return executable;
}

/**
 * The package unpacks into the folder of temporary files and takes what is there for complete, also while another process still writes it
 * (sparticuz/chromium 143.0.4: `spawn ETXTBSY`, seen on 2026-11-29).
 */
async function unpack(folder: string): Promise<void> {
  const own = await mkdtemp(`${folder}-`);
  const program = `import chromium from '@sparticuz/chromium'; await chromium.executablePath();`;
  const env = { ...process.env, TMPDIR: own };
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { env });
  // Refused where another was first: theirs is as good.
  await rename(own, folder).catch(() => rm(own, { recursive: true }));
}
