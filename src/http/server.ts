/** The listening socket: every timeout set, and an orderly end. */
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { AppError } from '../core/model/errors.ts';
import type { Handler, HttpAnswer } from './message.ts';

export interface ApiServer {
  /** Where it is reached from this machine. */
  readonly url: string;
  /** Lets running requests end, for at most `graceMs`, and closes. */
  close(graceMs: number): Promise<void>;
}

export interface ListenOptions {
  readonly host?: string | undefined;
  readonly port: number;
  /** How long a client may take nothing of its answer, or ask for nothing. */
  readonly maxSilenceMs?: number | undefined;
}

/** For so many of these times an answer may be made before its first byte, and between two: a slow machine is not a silent client. */
const maxSilences = 20;

/**
 * Serves a handler.
 * @throws AppError conflict (the port is taken), misconfigured (the address cannot be used)
 */
export async function listen(handler: Handler, { host, port, maxSilenceMs = 30_000 }: ListenOptions): Promise<ApiServer> {
  const options: ServerOptions = {
    headersTimeout: 5_000,
    requestTimeout: 10_000,
    keepAliveTimeout: 60_000,
    connectionsCheckingInterval: 2_000,
    // Grafana's "All" spells out every name in the address of a query.
    maxHeaderSize: 65_536,
  };
  const inTurn = createTurns();
  const server = createServer(options, (request, response) => {
    inTurn(request.socket, async () => {
      const answer = await handler(request);
      // Whoever is gone needs none.
      if (response.destroyed && answer.body instanceof Readable) answer.body.destroy();
      if (response.destroyed) return;
      await send(answer, response);
    });
  });
  const connections = trackConnections(server);
  server.setTimeout(maxSilenceMs, (socket: Socket) => {
    if (connections.isServed(socket)) socket.setTimeout(maxSilenceMs);
    else socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, port)));
    server.listen({ port, host }, resolve);
  });
  return {
    url: localUrl(server.address(), port, host),
    close: (graceMs) =>
      new Promise((resolve) => {
        const deadline = setTimeout(() => connections.closeAll(), graceMs);
        server.close(() => {
          clearTimeout(deadline);
          resolve();
        });
        connections.closeIdle();
      }),
  };
}

/** Resolves when the answer is sent, or nobody takes it any more. */
function send({ status, headers, body }: HttpAnswer, response: ServerResponse): Promise<void> {
  const closed = new Promise<void>((resolve) => response.once('close', () => resolve()));
  response.writeHead(status, headers);
  if (!(body instanceof Readable)) response.end(body);
  // Ends either when the other breaks off: nothing more is made for a client that is gone.
  else pipeline(body, response, () => {});
  return closed;
}

/** Requests that a connection may send before its first one is answered. */
const maxPipelined = 16;

/** Answers the requests of each connection one after another: many that come at once are not all worked on. */
function createTurns(): (socket: Socket, serve: () => Promise<void>) => void {
  const queues = new WeakMap<Socket, (() => Promise<void>)[]>();

  async function run(socket: Socket, queue: (() => Promise<void>)[], first: () => Promise<void>): Promise<void> {
    for (let serve: (() => Promise<void>) | undefined = first; serve && !socket.destroyed; serve = queue.shift()) await serve();
    queues.delete(socket);
  }

  return (socket, serve) => {
    const queue = queues.get(socket);
    if (queue && queue.length >= maxPipelined) socket.destroy();
    else if (queue) queue.push(serve);
    else {
      const own: (() => Promise<void>)[] = [];
      queues.set(socket, own);
      void run(socket, own, serve);
    }
  };
}

interface Connections {
  /** Whether it is this program for whom the client waits, and not for too long. */
  isServed(socket: Socket): boolean;
  /** Ends those without a running request now, and the others with their answer. */
  closeIdle(): void;
  closeAll(): void;
}

/** Each may hold a header of its largest size, so that this bounds the memory too. */
const maxConnections = 512;

/**
 * Keeps track of who waits for an answer. Beyond the most connections each new one ends the one that has been silent longest, or where
 * all have asked the one that has waited longest: nobody who holds many keeps others out.
 * Node's own closeIdleConnections leaves a connection alone that has not asked for anything yet, as browsers and load balancers open
 * them in advance (seen with Node 20).
 */
function trackConnections(server: Server): Connections {
  const idle = new Set<Socket>();
  /** With how often each was found to wait. */
  const busy = new Map<Socket, number>();
  let isClosing = false;
  const forget = (socket: Socket): void => {
    idle.delete(socket);
    busy.delete(socket);
  };
  server.on('connection', (socket: Socket) => {
    if (idle.size + busy.size >= maxConnections) {
      const [oldest] = idle.size > 0 ? idle : busy.keys();
      if (oldest) forget(oldest.destroy());
    }
    idle.add(socket);
    socket.once('close', () => forget(socket));
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    idle.delete(socket);
    busy.set(socket, 0);
    response.once('close', () => {
      busy.delete(socket);
      if (isClosing) socket.end();
      else if (!socket.destroyed) idle.add(socket);
    });
  });
  return {
    isServed(socket) {
      const silences = busy.get(socket);
      if (silences === undefined || silences >= maxSilences || socket.writableLength > 0) return false;
      busy.set(socket, silences + 1);
      return true;
    },
    closeIdle() {
      isClosing = true;
      for (const socket of idle) socket.destroy();
    },
    closeAll() {
      for (const socket of [...idle, ...busy.keys()]) socket.destroy();
    },
  };
}

function localUrl(address: string | AddressInfo | null, port: number, host: string | undefined): string {
  const actual = typeof address === 'object' && address ? address.port : port;
  const name = host === undefined || host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${actual}`;
}

function listenError(error: NodeJS.ErrnoException, port: number): AppError {
  if (error.code === 'EADDRINUSE') {
    return new AppError('conflict', `port ${port} is taken by another program: stop it, or set LISTEN_ADDR to a free port such as :9101`, {
      cause: error,
    });
  }
  if (error.code === 'EACCES') {
    return new AppError('misconfigured', `port ${port} may not be used by this user: set LISTEN_ADDR to a port above 1023 such as :9100`, {
      cause: error,
    });
  }
  return new AppError('misconfigured', `cannot listen on the address of LISTEN_ADDR: ${error.message}`, { cause: error });
}
