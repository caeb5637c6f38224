/** The few operations that the store needs of a file system, small enough for a test to make each of them fail. */
import type { BigIntStats } from 'node:fs';
import { mkdir, open, readdir, rename, stat, unlink, utimes } from 'node:fs/promises';

/** Every method rejects with the system's error, whose `code` says what happened, e.g. `ENOSPC`. */
export interface FileSystem {
  /** Creates the folder and its parents where missing; only its owner may enter. */
  makeFolder(path: string): Promise<void>;
  /** The names of the folder's files; folders are left out. */
  listFiles(path: string): Promise<readonly string[]>;
  /** Rejects with `EFBIG` when the file has more bytes than that. */
  read(path: string, maxBytes: number): Promise<Uint8Array>;
  /** Opens a file whose content is read in parts. */
  open(path: string): Promise<OpenedFile>;
  /** Creates a file that only its owner may read. Rejects with `EEXIST` when it exists. */
  create(path: string): Promise<NewFile>;
  /** Replaces a file that has the new name. */
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes created and deleted names of the folder survive a power cut. */
  syncFolder(path: string): Promise<void>;
  /** Milliseconds since the epoch. */
  modifiedAt(path: string): Promise<number>;
  /** Rejects with `ENOENT` when the file does not exist. */
  stamp(path: string): Promise<FileStamp>;
  setModifiedAt(path: string, epochMs: number): Promise<void>;
}

/** How a file looks from outside. */
export interface FileStamp {
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  /** Differs whenever the file was changed or replaced. */
  readonly text: string;
}

/** The content that a file had when it was opened, also after it was replaced. */
export interface OpenedFile {
  readonly size: number;
  readonly stamp: FileStamp;
  /** From this position; empty at the end. */
  read(position: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

interface NewFile {
  write(content: string | Uint8Array): Promise<void>;
  /** Makes what was written survive a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export const nodeFileSystem: FileSystem = {
  async makeFolder(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  async listFiles(path) {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile() || entry.isSymbolicLink()).map(({ name }) => name);
  },
  async read(path, maxBytes) {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      if (size > maxBytes) throw Object.assign(new Error(`${path} has ${size} bytes`), { code: 'EFBIG' });
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  },
  async open(path) {
    const handle = await open(path, 'r');
    try {
      const found = await handle.stat({ bigint: true });
      return {
        size: Number(found.size),
        stamp: stampOf(found),
        async read(position, length) {
          const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
          return buffer.subarray(0, bytesRead);
        },
        close: () => handle.close(),
      };
    } catch (error) {
      await handle.close();
      throw error;
    }
  },
  async create(path) {
    const handle = await open(path, 'wx', 0o600);
    return {
      write: (content) => handle.writeFile(content),
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },
  rename,
  remove: unlink,
  async syncFolder(path) {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  async modifiedAt(path) {
    return (await stat(path)).mtimeMs;
  },
  async stamp(path) {
    return stampOf(await stat(path, { bigint: true }));
  },
  async setModifiedAt(path, epochMs) {
    await utimes(path, epochMs / 1000, epochMs / 1000);
  },
};

/** The first bytes of a file, up to `end`, in pieces. */
export async function* readPieces(file: OpenedFile, end: number, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < end;) {
    const piece = await file.read(at, Math.min(pieceBytes, end - at));
    if (piece.length === 0) return;
    yield piece;
    at += piece.length;
  }
}

const lineBytes = 256 * 1024;

/** The lines of the first bytes of a file, up to `end`, without what follows the last line break. @throws TypeError where they are not UTF-8 */
export async function* readLines(file: OpenedFile, end: number): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  for await (const piece of readPieces(file, end, lineBytes)) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

function stampOf({ mtimeMs, mtimeNs, size, ino }: BigIntStats): FileStamp {
  return { modifiedAt: Number(mtimeMs), text: `${size}-${mtimeNs}-${ino}` };
}
