/** The pages' files as scripts/build.ts writes them; before the first build there are none. */
declare module '*/dist/assets.json' {
  const assets: readonly { readonly name: string; readonly file: string; readonly type: string; readonly brotli: string }[];
  export default assets;
}
