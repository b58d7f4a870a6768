import type { Notice } from '../../shared/risk/notice.ts';
import type { Clock } from '../../shared/kernel/time.ts';
import type { Table } from '../../shared/store/table/table.ts';
import type { Log } from '../lambda/log.ts';
import type { Metrics } from '../lambda/metrics.ts';
import type { CallWebhook } from './call-webhook.ts';

/** What telling subscribers stands on; each host (Lambda, one machine, tests) brings its own. */
export interface NotifyDependencies {
  readonly table: Table;
  readonly clock: Clock;
  readonly logger: Log;
  /** Default: nothing is measured. */
  readonly metrics?: Metrics;
  readonly call: CallWebhook;
  /** The operator's event bus, where there is one. Takes a notice, for the first time or again, or throws. */
  readonly publish?: (notice: Notice) => Promise<void>;
  /** In [0, 1): spreads retries. */
  readonly random: () => number;
  readonly remainingMilliseconds: () => number;
  readonly settings: NotifySettings;
}

export interface NotifySettings {
  /** With less time than this left, nothing more is begun. */
  readonly handOnMilliseconds: number;
  /** Messages sent at the same time. */
  readonly concurrency: number;
}

export const notifySettings: NotifySettings = { handOnMilliseconds: 20_000, concurrency: 16 };
