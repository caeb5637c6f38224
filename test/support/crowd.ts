/** Many who open a connection and send half of a header, then nothing. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Crowd {
  /** Connections that the server has not ended. */
  open(): number;
  leave(): void;
}

/** Opened one after another, so that none is refused for want of a place in the queue. `headerBytes`: of each one's half header. */
export async function gatherCrowd(
  url: string,
  { size, headerBytes }: { readonly size: number; readonly headerBytes: number },
): Promise<Crowd> {
  const { hostname, port } = new URL(url);
  const half = `GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(headerBytes)}`;
  const sockets: Socket[] = [];
  for (let at = 0; at < size; at += 1) {
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    socket.write(half);
  }
  return {
    open: () => sockets.filter(({ destroyed }) => !destroyed).length,
    leave() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
