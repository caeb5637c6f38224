/** Puts an answer, or what a fault makes of it, on the wire. */
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './faults.ts';
import { json, redirect, type Now, type Reply } from './reply.ts';

const contentTypes = { html: 'text/html; charset=utf-8', json: 'application/json', text: 'text/plain; charset=utf-8' } as const;
const padding = Buffer.alloc(65_536, ' ');

/** Resolves when everything is sent that will ever be; at the latest when the connection is gone. */
export async function deliver(response: ServerResponse, real: Reply, fault: Fault | undefined, clock: Now): Promise<void> {
  const reply = fault ? spoiled(real, fault) : real;
  const body = Buffer.from(reply.body);
  // The platform would send its own idea of now, which is not that of the simulated clock.
  response.sendDate = false;
  const headers = { date: new Date(clock.now()).toUTCString(), 'content-type': contentTypes[reply.type], ...reply.headers };
  const begin = (length?: number): void => {
    response.writeHead(reply.status, length === undefined ? headers : { ...headers, 'content-length': length });
  };
  if (fault?.kind === 'hang') return;
  begin(fault?.kind === 'oversize' ? undefined : body.length);
  if (fault?.kind === 'oversize') await pour(response, body, fault.bytes ?? 16 * 1024 * 1024);
  else if (fault?.kind === 'slow') await drip(response, body, fault);
  else if (fault?.kind === 'cut') response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.destroy());
  else response.end(body);
}

/** The answer that a fault puts in the place of the real one. */
function spoiled(real: Reply, fault: Fault): Reply {
  switch (fault.kind) {
    case 'status': {
      const { status, headers = {}, body = '' } = fault;
      return { ...real, status, headers: { ...real.headers, ...headers }, body };
    }
    case 'redirect':
      return redirect(fault.location, fault.status);
    case 'markup':
      return { ...real, body: fault.transform(real.body) };
    case 'json':
      return json(real.status, fault.transform(JSON.parse(real.body)), real.headers);
    case 'hang':
    case 'cut':
    case 'oversize':
    case 'slow':
      break;
  }
  return real;
}

/** The body and then white space, until so many bytes are sent or nobody listens any more. */
async function pour(response: ServerResponse, body: Buffer, bytes: number): Promise<void> {
  function* pieces(): Generator<Buffer> {
    yield body;
    for (let left = bytes - body.length; left > 0; left -= padding.length) yield padding.subarray(0, Math.min(left, padding.length));
  }
  // That the other side leaves early is what is hoped for.
  await pipeline(pieces, response).catch(() => undefined);
}

async function drip(response: ServerResponse, body: Buffer, { chunkBytes = 1024, pauseMs = 1 }: Fault & { kind: 'slow' }): Promise<void> {
  for (let from = 0; from < body.length && !response.destroyed; from += chunkBytes) {
    response.write(body.subarray(from, from + chunkBytes));
    await sleep(pauseMs);
  }
  response.end();
}
