/** Vitest runs this before any worker: on a fresh machine several of them would make these at once, in each other's way. */
import { chromiumPath } from './chromium.ts';
import { makePostgresUser } from './postgres.ts';

export async function setup(): Promise<void> {
  await Promise.all([chromiumPath(), makePostgresUser()]);
}
