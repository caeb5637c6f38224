/**
 * Opens sockets for the driver, so that a peer that hangs up before the login is an error.
 * Why: postgres 3.4.9 then tries again at once, without a pause and for ever (`closed` in its connection.js): hundreds of connections a second to a
 * proxy whose database is away, and a query that never ends (seen 2026-11-23).
 */
import { Socket } from 'node:net';

/** What the driver tells about where to connect to. */
export interface SocketTarget {
  readonly host: readonly string[];
  readonly port: readonly number[];
  /** Of a Unix socket. */
  readonly path?: string | false | undefined;
}

/** What PostgreSQL begins with: to a request for TLS `S` or `N`, to a login `R`, an error or the version of the protocol. */
const firstBytes = new Set(Buffer.from('SNREv'));

/**
 * A function for the driver's option `socket`. `url`: what the driver was given; it cuts an address such as [::1] at its first colon. After a peer that hung up without a word of PostgreSQL's, the next socket fails with
 * CONNECTION_CLOSED.
 */
export function createSocketOpener(url: string): (target: SocketTarget) => Socket {
  const { hostname, port: portOfUrl } = new URL(url);
  const ipv6 = hostname.startsWith('[') ? { host: hostname.slice(1, -1), port: Number(portOfUrl || 5432) } : undefined;
  let attempts = 0;
  let hasHungUp = false;
  return ({ host: hosts, port: ports, path }) => {
    const at = attempts % Math.max(1, hosts.length);
    attempts += 1;
    const { host, port } = ipv6 ?? { host: hosts[at] ?? 'localhost', port: ports[at] ?? 5432 };
    const socket = new Socket();
    // From the host the driver takes the name that a certificate has to have.
    Object.assign(socket, { host, port });
    if (hasHungUp) {
      hasHungUp = false;
      const error = Object.assign(new Error('the connection ended before the login'), { code: 'CONNECTION_CLOSED' });
      // Later, when the driver listens.
      setImmediate(() => socket.destroy(error));
      return socket;
    }
    let speaksPostgres = false;
    socket.once('data', (bytes: Buffer) => (speaksPostgres = firstBytes.has(bytes[0] ?? 0)));
    socket.once('close', (hadError) => (hasHungUp ||= !hadError && !speaksPostgres));
    return path ? socket.connect(path) : socket.connect(port, host);
  };
}
