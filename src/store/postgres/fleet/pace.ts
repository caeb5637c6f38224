/** The pace towards registries, shared by all processes behind one address. */
import type { Sql } from 'postgres';
import * as z from 'zod';
import type { SharedPace } from '../../../core/fleet.ts';

export interface SharedPaceDeps {
  readonly sql: Sql;
  readonly reached: <T>(step: () => Promise<T>) => Promise<T>;
  /** Processes with the same one reach the outside from the same address. */
  readonly address: string;
}

const row = z.object({ wait_ms: z.coerce.number() });

export function createSharedPace({ sql, reached, address }: SharedPaceDeps): SharedPace {
  return {
    reserve: (host, gapMs) =>
      reached(async () => {
        // One statement: two processes never get the same place.
        const [reserved] = await sql`
          INSERT INTO paces (address, host, next_at) VALUES (${address}, ${host}, clock_timestamp() + ${gapMs} * interval '1 millisecond')
          ON CONFLICT (address, host) DO UPDATE SET next_at = greatest(paces.next_at, clock_timestamp()) + ${gapMs} * interval '1 millisecond'
          RETURNING extract(epoch FROM next_at - clock_timestamp()) * 1000 - ${gapMs} AS wait_ms`;
        return Math.max(0, row.parse(reserved).wait_ms);
      }),
    hold: (host, waitMs) =>
      reached(async () => {
        await sql`
          INSERT INTO paces (address, host, next_at) VALUES (${address}, ${host}, clock_timestamp() + ${waitMs} * interval '1 millisecond')
          ON CONFLICT (address, host) DO UPDATE SET next_at = greatest(paces.next_at, EXCLUDED.next_at)`;
      }),
  };
}
