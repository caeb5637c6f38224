/** The files that pages load, under names that hold their content's hash, so that browsers may cache them forever. */
import { brotliDecompressSync } from 'node:zlib';
import type { SiteAsset } from '../core/views/site.ts';

/** As the build writes it. */
export interface BuiltAsset {
  /** As the pages call it, e.g. `main.js`. */
  readonly name: string;
  /** As it is served, e.g. `main-4F2K.js`. */
  readonly file: string;
  readonly type: string;
  /** Packed with brotli, in base64. */
  readonly brotli: string;
}

export interface Assets {
  /** The served name of an asset. */
  nameOf(name: string): string;
  /** The asset with this served name. */
  find(file: string): SiteAsset | undefined;
}

export function createAssets(built: readonly BuiltAsset[]): Assets {
  const files = new Map(built.map(({ name, file }) => [name, file]));
  const assets = new Map(built.map((asset) => [asset.file, assetOf(asset)]));
  return { nameOf: (name) => files.get(name) ?? name, find: (file) => assets.get(file) };
}

function assetOf({ type, brotli: packed }: BuiltAsset): SiteAsset {
  const brotli = Uint8Array.from(Buffer.from(packed, 'base64'));
  return { type, brotli, plain: () => Uint8Array.from(brotliDecompressSync(brotli)) };
}
