/** The pages' files as scripts/build.ts writes them; before the first build there are none. */
declare module '*/dist/assets.json' {
  const assets: readonly { readonly name: string; readonly file: string; readonly type: string; readonly brotli: string }[];
  export default assets;
}

/** The database's migrations, likewise. */
declare module '*/dist/migrations.json' {
  const migrations: readonly { readonly name: string; readonly sql: string }[];
  export default migrations;
}
