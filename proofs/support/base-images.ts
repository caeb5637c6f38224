/** Stand-ins for the images that the Dockerfile starts from, made of this machine's own programs and the Node that they have. */
import { execFile } from 'node:child_process';
import { chmod, copyFile, cp, mkdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, firstLine, isThere, type DockerEngine, type Prepared } from './docker-engine.ts';
import { nonrootId } from './image.ts';

const run = promisify(execFile);

/** The Node of the image's major version, as npm has it; fetched where it is not there yet. */
export async function prepareNode(): Promise<Prepared<string>> {
  const major = /^FROM .*node:(\d+)-/m.exec(await readFile('Dockerfile', 'utf8'))?.[1];
  const name = `node-linux-${process.arch}`;
  const folder = join(cacheFolder, `node-${major}`);
  const node = join(folder, 'node_modules', name, 'bin/node');
  try {
    if (!(await isThere(node))) {
      await run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', `${name}@${major}`]);
    }
    await run(node, ['--version']);
    return { value: node };
  } catch (error) {
    return { missing: `Node ${major} could not be fetched: ${firstLine(error)}` };
  }
}

/** Where the image has what: Node, and with it the programs that `npm ci` and `npm run build` call. */
const buildTools = ['sh', 'env', 'mkdir', 'sed', 'dirname', 'basename', 'uname'];

/** Makes both images, and resolves to the options of `docker build` that put them in place of the real ones. */
export async function importBases(engine: DockerEngine, node: string, work: string): Promise<readonly string[]> {
  const names = [...(await readFile('Dockerfile', 'utf8')).matchAll(/^FROM (?:--\S+ )?(\S+)/gm)].map(([, name = '']) => name);
  const [build = '', final = ''] = names;

  const buildRoot = join(work, 'build');
  await placeProgram(node, buildRoot, 'usr/local/bin/node');
  for (const tool of buildTools) await placeProgram(await which(tool), buildRoot, `usr/bin/${tool}`);
  await symlink('usr/bin', join(buildRoot, 'bin'));
  const npm = dirname(dirname(await realpath(await which('npm'))));
  await cp(npm, join(buildRoot, 'usr/local/lib/node_modules/npm'), { recursive: true, dereference: true });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(buildRoot, 'usr/local/bin/npm'));
  await trustAsHere(buildRoot);
  await finish(buildRoot);

  const finalRoot = join(work, 'final');
  await placeProgram(node, finalRoot, 'nodejs/bin/node');
  await finish(finalRoot);

  const imported = [
    [build, 'stand-in:build', buildRoot],
    [final, 'stand-in:final', finalRoot],
  ] as const;
  for (const [, name, root] of imported) {
    const tar = join(work, 'image.tar');
    await run('tar', ['--create', '--file', tar, '--directory', root, '--owner=0', '--group=0', '.']);
    await engine.docker(['import', '--change', 'ENV PATH=/usr/local/bin:/usr/bin:/bin', '-', name], await readFile(tar));
    await rm(tar);
    await rm(root, { recursive: true });
  }
  return imported.flatMap(([base, name]) => ['--build-context', `${base}=docker-image://${name}`]);
}

const certificates = '/etc/ssl/certs/ca-certificates.crt';

/** npm trusts whom this machine trusts: it may reach its registry through a proxy that has a certificate of its own. */
async function trustAsHere(root: string): Promise<void> {
  if (!(await isThere(certificates))) return;
  await place(certificates, join(root, certificates));
  await mkdir(join(root, 'usr/local/etc'), { recursive: true });
  await writeFile(join(root, 'usr/local/etc/npmrc'), `cafile=${certificates}\n`);
}

async function which(program: string): Promise<string> {
  return (await run('sh', ['-c', `command -v ${program}`])).stdout.trim();
}

/** The program and the libraries that it loads. */
async function placeProgram(program: string, root: string, target: string): Promise<void> {
  await place(program, join(root, target));
  const { stdout } = await run('ldd', [program]);
  for (const [library] of stdout.matchAll(/\/\S+(?= \(0x)/g)) await place(library, join(root, library));
}

async function place(file: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await copyFile(await realpath(file), target);
}

/** What every image has: a user without rights, and a folder for what is passing. */
async function finish(root: string): Promise<void> {
  await mkdir(join(root, 'etc'), { recursive: true });
  await writeFile(join(root, 'etc/passwd'), `root:x:0:0::/root:/\nnonroot:x:${nonrootId}:${nonrootId}::/home/nonroot:/\n`);
  await writeFile(join(root, 'etc/group'), `root:x:0:\nnonroot:x:${nonrootId}:\n`);
  await mkdir(join(root, 'tmp'));
  await chmod(join(root, 'tmp'), 0o1777);
}
