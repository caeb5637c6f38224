/** A receiver of notifications on loopback, whose answers a test decides. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** The body, parsed. */
  readonly json: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

type Behavior = Answer | 'hang' | 'drop' | 'head only';

export interface Receiver {
  /** `127.0.0.1:port` */
  readonly host: string;
  /** Everything that came, also what was not taken. */
  readonly requests: readonly Received[];
  /** What it took. */
  readonly taken: readonly Received[];
  /** How it answers from now on: `hang` never does, `drop` closes the connection, `head only` never ends its body. */
  answer: Behavior | ((request: Received) => Behavior);
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const requests: Received[] = [];
  const taken: Received[] = [];
  const sockets = new Set<Socket>();
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request);
    const { method = '', url: path = '', headers } = request;
    const received = { method, path, headers, text, json: parse(text) };
    requests.push(received);
    const answer = typeof receiver.answer === 'function' ? receiver.answer(received) : receiver.answer;
    if (typeof answer === 'object' && answer.status < 300) taken.push(received);
    reply(response, answer);
  }

  const server = createServer((request, response) => {
    void receive(request, response);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
  const receiver: Receiver = {
    host: `127.0.0.1:${port}`,
    requests,
    taken,
    answer: { status: 200, body: 'ok' },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return receiver;
}

function reply(response: ServerResponse, answer: Behavior): void {
  if (answer === 'hang') return;
  if (answer === 'drop') {
    response.destroy();
    return;
  }
  if (answer === 'head only') {
    response.writeHead(200, { 'content-length': '1000' });
    response.flushHeaders();
    return;
  }
  response.writeHead(answer.status, answer.headers);
  response.end(answer.body);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
