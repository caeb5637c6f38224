/** The limit of what Node can do here: a server, in a process of its own, that sends a ready buffer of so many bytes. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

export interface RawServer {
  readonly url: string;
  stop(): void;
}

export async function startRawServer(bytes: number): Promise<RawServer> {
  const child = fork(fileURLToPath(import.meta.url), [String(bytes)], { execArgv: process.execArgv });
  const [port]: unknown[] = await once(child, 'message');
  return { url: `http://127.0.0.1:${String(port)}/`, stop: () => void child.kill() };
}

if (process.send && process.argv[1] === fileURLToPath(import.meta.url)) {
  const body = Buffer.alloc(Number(process.argv[2]), 'x');
  const server = createServer((_, response) =>
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length }).end(body),
  );
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.send?.(typeof address === 'object' && address ? address.port : 0);
  });
}
