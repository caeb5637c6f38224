/** The pace towards registries, shared by all processes behind one address. */
import sql from 'sql-template-tag';
import * as z from 'zod';
import { dayMs } from '../../../core/model/day.ts';
import type { SharedPace } from '../../../core/ports.ts';
import type { Database } from '../database.ts';

export interface SharedPaceDeps {
  readonly database: Database;
  /** Processes with the same one reach the outside from the same address. */
  readonly address: string;
}

/** No registry is left alone for longer: a time that is further away was set by a clock that was ahead. */
const maxHold = sql`${dayMs} * interval '1 millisecond'`;

const row = z.object({ wait_ms: z.coerce.number() });

export function createSharedPace({ database, address }: SharedPaceDeps): SharedPace {
  return {
    async reserve(host, gapMs) {
      // One statement: two processes never get the same place.
      const [reserved] = await database.select(
        row,
        sql`
        INSERT INTO paces (address, host, next_at) VALUES (${address}, ${host}, clock_timestamp() + ${gapMs} * interval '1 millisecond')
        ON CONFLICT (address, host) DO UPDATE SET next_at = greatest(least(paces.next_at, clock_timestamp() + ${maxHold}), clock_timestamp()) + ${gapMs} * interval '1 millisecond'
        RETURNING extract(epoch FROM next_at - clock_timestamp()) * 1000 - ${gapMs} AS wait_ms`,
      );
      return Math.max(0, reserved?.wait_ms ?? 0);
    },
    async hold(host, waitMs) {
      await database.query(sql`
        INSERT INTO paces (address, host, next_at) VALUES (${address}, ${host}, clock_timestamp() + ${waitMs} * interval '1 millisecond')
        ON CONFLICT (address, host) DO UPDATE SET next_at = greatest(least(paces.next_at, clock_timestamp() + ${maxHold}), EXCLUDED.next_at)`);
    },
  };
}
