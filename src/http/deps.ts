import type { Counting } from '../core/model/registry.ts';
import type { ChannelStatus } from '../core/model/notice.ts';
import type { SnapshotStore } from '../core/ports.ts';
import type { Tracking } from '../core/views/groups.ts';
import type { Trigger } from './trigger.ts';
import type { CollectorStatus } from '../core/views/status.ts';

/** What the endpoints of the API are given. */
export interface ApiDeps extends Tracking {
  readonly store: SnapshotStore;
  readonly status: () => CollectorStatus;
  /** What became of notifications, by channel; absent where none is configured. Never rejects. */
  readonly channels?: (() => Promise<readonly ChannelStatus[]>) | undefined;
  /** Ids of the registries that a query may name. */
  readonly registries: readonly string[];
  /** What the numbers of each registry count. */
  readonly counting: Readonly<Record<string, Counting>>;
  /** Prefix behind a reverse proxy: empty, or `/x`. */
  readonly basePath: string;
  readonly version: string;
  /** How to configure the service, where nothing is. */
  readonly howToConfigure?: string | undefined;
  readonly configProblems: readonly { readonly variable: string; readonly entry: string; readonly reason: string }[];
  /** Starts a run; absent: nobody may. */
  readonly trigger?: Trigger | undefined;
  /** What Prometheus scrapes; absent: nothing. */
  readonly metrics?: { scrape(): Promise<{ readonly type: string; readonly chunks: Iterable<string> }> } | undefined;
}
