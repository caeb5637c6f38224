/** Notifications of the built program: what waits survives SIGKILL, the commands say what they did, and no secret is shown. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { startSimulator, type Simulator } from '../../src/demo/simulator/index.ts';
import { emptyWorld, hubRepo, hubTag, type World } from '../../src/demo/simulator/world.ts';
import { environmentOf } from '../support/environment.ts';
import { getJson, runProgram, startService } from '../support/program.ts';
import { startMailServer, type MailServer } from '../support/mail-server.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';

let directory: string;
let simulator: Simulator;
let world: World;
let receiver: Receiver;
let mail: MailServer;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-notify-'));
  world = {
    ...emptyWorld(),
    dockerHub: [{ name: 'acme', repos: [hubRepo({ name: 'app', pulls: 900, tags: [hubTag({ name: 'latest' })] })] }],
  };
  simulator = await startSimulator({ world });
  receiver = await startReceiver();
  mail = await startMailServer();
});

afterEach(async () => {
  await Promise.all([simulator.close(), receiver.close(), mail.close()]);
  await rm(directory, { recursive: true, force: true });
});

function environment(more: Readonly<Record<string, string>> = {}) {
  return environmentOf(simulator, directory, {
    DOCKERHUB_REPOS: 'acme/app',
    NOTIFY: `http+webhook://${receiver.host}/hooks/very-secret-path, mailto:me@example.org?from=stats@example.org`,
    NOTIFY_RULES: 'push=on',
    SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
    ...more,
  });
}

async function run(args: readonly string[], env: Readonly<Record<string, string>>) {
  const program = runProgram(args, { env });
  return { code: await program.exited, stdout: program.output(), stderr: program.log() };
}

/** The day so many days ago. */
function day(ago: number): string {
  return new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
}

const status = z.object({
  body: z.object({ notifications: z.array(z.looseObject({ channel: z.string(), waiting: z.number(), delivered: z.number() })) }),
});

describe('the program', () => {
  it('sends with the same id, after SIGKILL and a start, what its receiver did not take before', async () => {
    const env = environment();
    expect(await run(['collect'], env)).toMatchObject({ code: 0 });
    expect(receiver.requests).toEqual([]);

    const [repo] = world.dockerHub[0]?.repos ?? [];
    repo?.tags.push(hubTag({ name: '2.0', lastPushed: new Date().toISOString() }));
    receiver.answer = 'hang';
    const service = await startService(env);
    await expect.poll(() => receiver.requests.length).toBeGreaterThan(0);
    await expect.poll(() => mail.mails.length).toBe(1);
    expect(JSON.stringify(await getJson(`${service.url}/api/status`))).not.toContain('very-secret-path');
    service.child.kill('SIGKILL');
    await service.exited;
    expect(service.log()).not.toContain('very-secret-path');

    receiver.answer = { status: 200 };
    const again = await startService(env);
    await expect.poll(() => receiver.taken.length).toBe(1);
    await expect
      .poll(async () => status.parse(await getJson(`${again.url}/api/status`)).body.notifications)
      .toMatchObject([
        { channel: 'webhook', waiting: 0, delivered: 1 },
        { channel: 'mail', waiting: 0, delivered: 1 },
      ]);
    await again.stop();

    expect(new Set(receiver.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(receiver.taken[0]?.text).toContain('pushed 2.0');
    expect(mail.mails).toHaveLength(1);
  });

  it('tests its channels, each once, and says what they answered', async () => {
    receiver.answer = { status: 500, body: 'out of order at /hooks/very-secret-path' };
    const tested = await run(['notify', '--test'], environment());

    expect(tested.code).toBe(1);
    expect(tested.stdout).toContain(
      `webhook (webhook, ${receiver.host}): failed, ${receiver.host} answered 500: out of order at /hooks/[hidden]\n`,
    );
    expect(tested.stdout).toContain(`mail (mail, 127.0.0.1:${mail.port}): sent, 250 `);
    expect(receiver.requests).toHaveLength(1);
    expect(mail.mails).toHaveLength(1);
    expect(await run(['notify', '--test', 'mail'], environment())).toMatchObject({ code: 0 });
    expect(await run(['notify', '--test', 'phone'], environment())).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no channel "phone": there are webhook, mail'),
    });
    expect(await run(['notify'], environment())).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('use either --test or --dry-run'),
    });
  });

  it('prints what would have been sent in the last 30 days, and sends nothing', async () => {
    const env = environment();
    const rows = [9, 8, 7, 6, 5, 4, 3].map((ago) => `${day(ago)},dockerhub,acme/app,${4_900 - 500 * ago}`);
    const path = join(directory, 'past.csv');
    await writeFile(path, ['day,registry,repo,pull_count', ...rows].join('\n'));
    expect(await run(['import', '--keep-marks', path], env)).toMatchObject({ code: expect.any(Number) });
    expect(await run(['collect'], env)).toMatchObject({ code: 0 });
    const printed = await run(['notify', '--dry-run'], env);

    expect(printed.code).toBe(0);
    expect(printed.stdout.split('\n').filter((line) => /^\d/.test(line))).toEqual([
      `${day(7)}  acme/app (Docker Hub): passed 1,000 pulls`,
      `${day(4)}  acme/app (Docker Hub): passed 2,500 pulls`,
      `${day(0)}  acme/app (Docker Hub): counter decreased from 3,400 to 900`,
    ]);
    expect(receiver.requests).toEqual([]);
  });

  it('does not start with an address that it cannot use, and does not show it', async () => {
    const refused = await run(['config'], environment({ NOTIFY: 'ntfy://ntfy.sh/, pushover://very-secret-key', DIGEST: 'daily' }));

    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('address 1 (ntfy:…): it needs one topic');
    expect(refused.stderr).toContain('address 2 (pushover:…): unknown scheme');
    expect(refused.stderr).toContain('DIGEST must be weekly');
    expect(refused.stdout + refused.stderr).not.toContain('very-secret-key');
    const shown = await run(['config'], environment());
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringMatching(/NOTIFY\s.*\(hidden\)/) });
    expect(shown.stdout).not.toContain('very-secret-path');
  });
});
