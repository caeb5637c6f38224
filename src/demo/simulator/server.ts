/** One simulated registry as a server on loopback: writes down what it is asked, and spoils answers where a fault says so. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { deliver } from './delivery.ts';
import type { FaultScript } from './faults.ts';
import { text, type Asked, type Now, type Registry, type Reply, type ServerName } from './reply.ts';

export interface RecordedRequest {
  readonly server: ServerName;
  readonly method: string;
  /** With the query, as it was sent. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** By the simulator's clock, in milliseconds since the epoch. */
  readonly at: number;
}

export interface ServerDeps {
  readonly name: ServerName;
  readonly registry: Registry;
  readonly clock: Now;
  readonly faults: Pick<FaultScript, 'take'>;
  readonly onRequest: (request: RecordedRequest) => void;
  /** A request that is taken and never answered. */
  readonly onHang?: (() => void) | undefined;
  /** A request for a URL that the registry does not have. */
  readonly onUnknown: (request: RecordedRequest) => void;
}

export interface RunningServer {
  /** Without a trailing slash. */
  readonly url: string;
  /** Ends every connection; resolves when nothing of the server is left. */
  close(): Promise<void>;
}

export async function startServer(deps: ServerDeps): Promise<RunningServer> {
  const { name, registry, clock, faults } = deps;
  const running = new Set<Promise<void>>();
  let url = '';

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/', headers } = incoming;
    const request: RecordedRequest = { server: name, method, path, headers, at: clock.now() };
    deps.onRequest(request);
    const body = await bodyOf(incoming);
    if (body === undefined) return;
    const reply = answerOf(request, body) ?? notThere(request);
    const fault = faults.take(name, path, reply);
    if (fault?.kind === 'hang') deps.onHang?.();
    await deliver(response, reply, fault, clock);
  }

  function answerOf({ method, path, headers }: RecordedRequest, body: string): Reply | undefined {
    const { pathname, search } = parted(path);
    const segments = decodedSegments(pathname);
    if (!segments) return undefined;
    const asked: Asked = { method, pathname, segments, query: new URLSearchParams(search), headers, body, origin: url };
    return registry(asked);
  }

  function notThere(request: RecordedRequest): Reply {
    deps.onUnknown(request);
    return text(404, '404: Page Not Found');
  }

  const server = createServer((incoming, response) => {
    const done = answer(incoming, response).finally(() => running.delete(done));
    running.add(done);
  });
  // Connections that are kept never end by themselves: one that ends just when it is used again would be a failure of chance.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server has no port');
  url = `http://127.0.0.1:${address.port}`;

  return {
    url,
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await closed;
      await Promise.all(running);
    },
  };
}

function parted(path: string): { readonly pathname: string; readonly search: string } {
  const mark = path.indexOf('?');
  return mark < 0 ? { pathname: path, search: '' } : { pathname: path.slice(0, mark), search: path.slice(mark) };
}

/** Undefined where the sender went away before everything was sent. */
async function bodyOf(incoming: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  try {
    for await (const part of incoming) if (Buffer.isBuffer(part)) parts.push(part);
  } catch {
    return undefined;
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Undefined where the path is not properly encoded. */
function decodedSegments(pathname: string): readonly string[] | undefined {
  try {
    return pathname.replace(/^\//, '').replace(/\/$/, '').split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
