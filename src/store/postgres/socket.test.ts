import { createServer, type Server, type Socket } from 'node:net';
import postgres from 'postgres';
import { afterEach, describe, expect, it } from 'vitest';
import { createSocketOpener } from './socket.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A peer that answers connections so, and how many it had. */
async function startPeer(answer: (socket: Socket) => void): Promise<{ readonly port: number; connections(): number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined);
    answer(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : 0, connections: () => connections };
}

/** The code that a query fails with. */
async function query(url: string): Promise<unknown> {
  const options = { max: 1, socket: createSocketOpener(url) };
  const sql = postgres(url, options);
  const error: unknown = await sql`SELECT 1`.catch((reason: unknown) => reason);
  await sql.end({ timeout: 0 });
  return error;
}

describe('the sockets of the driver', () => {
  it.each([
    ['says nothing', (socket: Socket) => void socket.end()],
    ['hangs up after the login was sent', (socket: Socket) => void socket.once('data', () => socket.end())],
    ['speaks another protocol', (socket: Socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('let a query fail when the peer %s and hangs up', async (_what, answer) => {
    const peer = await startPeer(answer);

    const error = await query(`postgres://me:secret@127.0.0.1:${peer.port}/x`);

    expect(error).toMatchObject({ code: 'CONNECTION_CLOSED' });
    expect(peer.connections()).toBe(1);
  });

  it('connect to an IPv6 address', async () => {
    expect(await query('postgres://me:secret@[::1]:1/x')).toMatchObject({ code: expect.stringMatching(/^(ECONNREFUSED|EADDRNOTAVAIL)$/) });
  });
});
