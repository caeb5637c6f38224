import { createServer, type Server, type Socket } from 'node:net';
import { raw } from 'sql-template-tag';
import { afterEach, describe, expect, it } from 'vitest';
import { createRecordingLog } from '../../../test/support/recording-log.ts';
import { openDatabase, type Database } from './database.ts';

const servers: Server[] = [];
const databases: Database[] = [];

afterEach(async () => {
  await Promise.all(databases.splice(0).map((database) => database.close()));
  for (const server of servers.splice(0)) server.close();
});

interface Peer {
  readonly url: string;
  connections(): number;
}

/** A peer that answers connections so, and how many it had. */
async function startPeer(answer: (socket: Socket) => void): Promise<Peer> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined);
    answer(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { url: `postgres://me:secret@127.0.0.1:${port}/x`, connections: () => connections };
}

function open(url: string): Database {
  const database = openDatabase({ url, log: createRecordingLog() });
  databases.push(database);
  return database;
}

const ready = 'Z\0\0\0\x05I';
/** "You are in." */
const welcome = Buffer.from(`R\0\0\0\x08\0\0\0\0${ready}`, 'latin1');
/** A statement ran, without rows. */
const done = Buffer.from(`C\0\0\0\x0dSELECT 0\0${ready}`, 'latin1');

/** Lets everyone in and then answers each message so. */
function startServer(answer: (socket: Socket, times: number) => void): Promise<Peer> {
  let queries = 0;
  return startPeer((socket) =>
    socket.once('data', () => {
      socket.write(welcome);
      socket.on('data', () => answer(socket, (queries += 1)));
    }),
  );
}

describe('a peer that is no PostgreSQL', () => {
  it.each([
    ['says nothing', (socket: Socket) => void socket.end()],
    ['hangs up after the login was sent', (socket: Socket) => void socket.once('data', () => socket.end())],
    ['speaks another protocol', (socket: Socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('lets a query fail at once when it %s and hangs up', async (_what, answer) => {
    const peer = await startPeer(answer);

    const query = open(peer.url).query(raw('SELECT 1'));

    await expect(query).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/^the database x on .* ended the connection$/),
    });
    expect(peer.connections()).toBe(1);
  });

  it('lets a query fail when it takes the connection and never answers', async () => {
    const peer = await startPeer(() => undefined);

    const query = open(`${peer.url}?connect_timeout=0.05`).query(raw('SELECT 1'));

    await expect(query).rejects.toMatchObject({ code: 'unreachable', message: expect.stringContaining('does not answer') });
  });

  it('may be at an IPv6 address', async () => {
    const query = open('postgres://me:secret@[::1]:1/x').query(raw('SELECT 1'));

    await expect(query).rejects.toMatchObject({ cause: { code: expect.stringMatching(/^(ECONNREFUSED|EADDRNOTAVAIL)$/) } });
  });
});

describe('a connection that breaks', () => {
  it('under a query lets that one fail, and the next one has a new connection', async () => {
    const peer = await startServer((socket, times) => (times === 1 ? socket.destroy() : socket.write(done)));
    const database = open(peer.url);

    await expect(database.query(raw('SELECT 1'))).rejects.toMatchObject({ code: 'unreachable' });

    expect(await database.query(raw('SELECT 1'))).toEqual([]);
    expect(peer.connections()).toBe(2);
  });

  it('between two statements of a transaction lets the rest of it fail, and never ends the process', async () => {
    let sockets: Socket[] = [];
    const peer = await startServer((socket) => {
      sockets.push(socket);
      socket.write(done);
    });
    const database = open(peer.url);

    const cut = database.transaction(async (transaction) => {
      const closed = new Promise((resolve) => sockets[0]?.once('close', resolve));
      sockets[0]?.destroy();
      await closed;
      for (let times = 0; times < 3; times += 1) {
        await expect(transaction.query(raw('SELECT 1'))).rejects.toMatchObject({ code: 'unreachable' });
      }
      await transaction.query(raw('SELECT 1'));
    });

    await expect(cut).rejects.toMatchObject({ code: 'unreachable', message: expect.stringContaining('ended the connection') });
    sockets = [];
    expect(await database.query(raw('SELECT 1'))).toEqual([]);
    expect(peer.connections()).toBe(2);
  });

  it('while nobody uses it is replaced', async () => {
    let socket: Socket | undefined;
    const peer = await startServer((own) => {
      socket = own;
      own.write(done);
    });
    const database = open(peer.url);
    await database.query(raw('SELECT 1'));

    const closed = new Promise((resolve) => socket?.once('close', resolve));
    socket?.destroy();
    await closed;

    await expect.poll(() => database.query(raw('SELECT 1')).catch(() => undefined), { interval: 1 }).toEqual([]);
    expect(peer.connections()).toBe(2);
  });
});

describe('closing', () => {
  it('cuts off a query that never ends', async () => {
    const peer = await startServer(() => undefined);
    const database = openDatabase({ url: peer.url, log: createRecordingLog(), closeTimeoutMs: 20 });
    const outcome = database.query(raw('SELECT 1')).catch((error: unknown) => error);
    await expect.poll(() => peer.connections(), { interval: 1 }).toBe(1);

    await database.close();

    expect(await outcome).toMatchObject({ code: 'unreachable' });
    await expect(database.query(raw('SELECT 1'))).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('no longer used'),
    });
  });
});
