/** The listening socket: every timeout set, and an orderly end. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { AppError } from '../core/errors.ts';

export interface ApiServer {
  /** Where it can be asked from this machine. */
  readonly url: string;
  /** Lets running requests end, for at most `graceMs`, and closes. */
  close(graceMs: number): Promise<void>;
}

export interface ListenOptions {
  readonly host?: string | undefined;
  readonly port: number;
}

/**
 * Serves a fetch handler.
 * @throws AppError conflict (the port is taken), misconfigured (the address cannot be used)
 */
export async function listen(fetch: (request: Request) => Response | Promise<Response>, { host, port }: ListenOptions): Promise<ApiServer> {
  const server = createAdaptorServer({
    fetch,
    createServer,
    serverOptions: {
      headersTimeout: 5_000,
      requestTimeout: 10_000,
      keepAliveTimeout: 60_000,
      connectionsCheckingInterval: 2_000,
      // Grafana's "All" spells out every name in the address of a query.
      maxHeaderSize: 65_536,
    },
  });
  server.setTimeout(30_000);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, port)));
    server.listen({ port, host }, resolve);
  });
  const address = server.address();
  return {
    url: localUrl(address, port, host),
    close: (graceMs) =>
      new Promise((resolve) => {
        const deadline = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(deadline);
          resolve();
        });
        if ('closeIdleConnections' in server) server.closeIdleConnections();
      }),
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
