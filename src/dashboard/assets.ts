/** The files that pages load, under names that hold their content's hash, so that browsers may cache them forever. */
import { brotliDecompressSync } from 'node:zlib';
import type { FileContent } from '../http/endpoint.ts';

/** Where they are served, below the base path. */
export const assetPrefix = '/assets/';

/** As the build writes it. */
export interface BuiltAsset {
  /** As the pages call it, e.g. `main.js`. */
  readonly name: string;
  /** As it is served, e.g. `main-4F2K.js`. */
  readonly file: string;
  readonly type: string;
  /** Compressed with brotli, in base64. */
  readonly brotli: string;
}

export interface Assets {
  /** The served name of an asset. */
  nameOf(name: string): string;
  /** The asset with this served name. */
  find(file: string): FileContent | undefined;
}

export function createAssets(built: readonly BuiltAsset[]): Assets {
  const files = new Map(built.map(({ name, file }) => [name, file]));
  const assets = new Map(built.map((asset) => [asset.file, assetOf(asset)]));
  return { nameOf: (name) => files.get(name) ?? name, find: (file) => assets.get(file) };
}

function assetOf({ type, brotli: base64 }: BuiltAsset): FileContent {
  const brotli = Uint8Array.from(Buffer.from(base64, 'base64'));
  return { type, brotli, plain: () => Uint8Array.from(brotliDecompressSync(brotli)) };
}
