/** Carries out the steps of a Dockerfile in plain folders, one a stage: a file that the Dockerfile forgets is missing there too. */
import { execFile } from 'node:child_process';
import { chmod, chown, cp, mkdir, readFile, stat, symlink } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import {
  Copy,
  DockerfileParser,
  Entrypoint,
  Env,
  From,
  Healthcheck,
  type Instruction,
  type ModifiableInstruction,
  Run,
} from 'dockerfile-ast';
import { parseDockerignore } from './dockerignore.ts';

export interface ReplayedStage {
  /** Where the stage's files lie, laid out as in the image; what the base image brings is not there. */
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly entrypoint: readonly string[];
  /** The command of the probe. */
  readonly healthcheck: readonly string[];
}

interface Stage extends ReplayedStage {
  readonly name: string;
  workdir: string;
  env: Record<string, string>;
  user: string;
  entrypoint: readonly string[];
  healthcheck: readonly string[];
}

interface Build {
  readonly context: string;
  readonly ignored: (path: string) => boolean;
  readonly stages: Stage[];
}

const withoutEffectHere = new Set(['ARG', 'EXPOSE', 'LABEL', 'VOLUME']);

/**
 * Builds the Dockerfile of the folder `context` below the folder `directory` and resolves to its last stage.
 * `npm ci` is not run: the context's own node_modules stand in for what it would install.
 */
export async function replayDockerfile(context: string, directory: string): Promise<ReplayedStage> {
  const build: Build = {
    context,
    ignored: parseDockerignore(await readFile(join(context, '.dockerignore'), 'utf8')),
    stages: [],
  };
  const dockerfile = DockerfileParser.parse(await readFile(join(context, 'Dockerfile'), 'utf8'));
  for (const instruction of dockerfile.getInstructions()) {
    if (instruction instanceof From) {
      const name = instruction.getBuildStage() ?? 'final';
      const root = join(directory, name);
      await mkdir(root, { recursive: true });
      build.stages.push({ name, root, workdir: '/', env: {}, user: 'root', entrypoint: [], healthcheck: [] });
      continue;
    }
    const stage = build.stages.at(-1);
    if (stage) await carryOut(instruction, stage, build);
  }
  const last = build.stages.at(-1);
  if (!last) throw new Error('the Dockerfile has no stage');
  return last;
}

async function carryOut(instruction: Instruction, stage: Stage, build: Build): Promise<void> {
  if (instruction instanceof Copy) return copy(instruction, stage, build);
  if (instruction instanceof Run) return run(words(instruction).join(' '), stage, build);
  if (instruction instanceof Env) {
    for (const property of instruction.getProperties()) stage.env[property.getName()] = property.getValue() ?? '';
    return;
  }
  if (instruction instanceof Entrypoint) {
    stage.entrypoint = execForm(instruction.getArgumentsContent());
    return;
  }
  if (instruction instanceof Healthcheck) {
    stage.healthcheck = execForm((instruction.getArgumentsContent() ?? '').replace(/^.*?\bCMD\s+/s, ''));
    return;
  }
  const keyword = instruction.getKeyword();
  if (keyword === 'USER') {
    stage.user = instruction.getArgumentsContent() ?? '';
  } else if (keyword === 'WORKDIR') {
    stage.workdir = resolve(stage.workdir, instruction.getArgumentsContent() ?? '');
    await mkdir(join(stage.root, stage.workdir), { recursive: true });
  } else if (!withoutEffectHere.has(keyword)) {
    throw new Error(`this replay does not know ${keyword}`);
  }
}

async function copy(instruction: Copy, stage: Stage, { context, ignored, stages }: Build): Promise<void> {
  const from = flag(instruction, 'from');
  const origin = from === undefined ? context : stages.find(({ name }) => name === from)?.root;
  if (origin === undefined) throw new Error(`COPY --from=${from}: there is no such stage`);

  const sources = words(instruction);
  const target = sources.pop() ?? '';
  const seen = (path: string): boolean => from !== undefined || path === context || !ignored(relative(context, path));
  for (const source of sources) {
    const path = join(origin, source);
    if (!seen(path)) throw new Error(`COPY ${source}: .dockerignore leaves it out`);
    const intoFolder = target.endsWith('/') && !(await stat(path)).isDirectory();
    const destination = join(stage.root, resolve(stage.workdir, target), intoFolder ? basename(source) : '');
    await cp(path, destination, { recursive: true, filter: seen });
    await own(destination, flag(instruction, 'chmod'), flag(instruction, 'chown'));
  }
}

async function own(path: string, mode: string | undefined, owner: string | undefined): Promise<void> {
  if (mode !== undefined) await chmod(path, Number.parseInt(mode, 8));
  if (owner === undefined || process.getuid?.() !== 0) return;
  const [uid, gid] = owner.split(':').map(Number);
  if (uid === undefined || gid === undefined || Number.isNaN(uid + gid)) throw new Error(`COPY --chown=${owner}: not two numbers`);
  await chown(path, uid, gid);
}

async function run(command: string, { root, workdir, env }: Stage, { context }: Build): Promise<void> {
  const cwd = join(root, workdir);
  if (/^npm ci\b/.test(command)) {
    // It would fail without the two.
    await Promise.all([stat(join(cwd, 'package.json')), stat(join(cwd, 'package-lock.json'))]);
    await symlink(join(context, 'node_modules'), join(cwd, 'node_modules'));
    return;
  }
  await promisify(execFile)('sh', ['-c', command], { cwd, env: { PATH: process.env['PATH'], ...env } });
}

function words(instruction: ModifiableInstruction): string[] {
  return instruction.getArguments().map((argument) => argument.getValue());
}

function flag(instruction: ModifiableInstruction, name: string): string | undefined {
  return (
    instruction
      .getFlags()
      .find((candidate) => candidate.getName() === name)
      ?.getValue() ?? undefined
  );
}

/** The strings of `["/program", "argument"]`. */
function execForm(text: string | null): string[] {
  const parsed: unknown = JSON.parse(text ?? '');
  if (!Array.isArray(parsed)) throw new Error(`not in exec form: ${text}`);
  return parsed.map(String);
}
