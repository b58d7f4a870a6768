import { setTimeout as pause } from 'node:timers/promises';
import type { NotifyDependencies } from '../../functions/notify/dependencies.ts';
import { notifySettings } from '../../functions/notify/dependencies.ts';
import { webhookCaller } from '../../functions/notify/call-webhook.ts';
import { sendNotices, sendWhatIsDue } from '../../functions/notify/send-what-is-due.ts';
import { ContractMemory } from '../../functions/stream/contract-memory.ts';
import { domainEventOf } from '../../functions/stream/domain-event.ts';
import type { Metrics } from '../../functions/lambda/metrics.ts';
import { noMetrics } from '../../functions/lambda/metrics.ts';
import { follow, sweep } from '../../functions/stream/follow.ts';
import { followBeat } from '../../functions/stream/follow-beat.ts';
import type { Clock } from '../../shared/kernel/time.ts';
import type { Item } from '../../shared/store/table/item.ts';
import { noteFollowed } from '../../shared/store/service/beat.ts';
import type { Table } from '../../shared/store/table/table.ts';
import type { AllowedHosts } from '../../shared/wire/webhook-url.ts';
import type { LocalLog } from './log.ts';
import { streamPump, watchPuts } from './stream-pump.ts';

/** Follows what happens on this machine, keeps alerts up to date and tells subscribers: the functions that the stream calls on AWS. */
export interface EarlyWarning {
  /** Looks at everything once, whatever a killed run has left untold, and follows from then on. */
  start(): Promise<void>;
  /** What dates bring, and what is to be sent again. */
  tick(): Promise<void>;
  /** Until everything that has been written has been followed. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Where much happens the follower is never done, and takes from callers what it is given. A quarter of the time is enough:
 * what waits meanwhile is looked at once, and an alert is a second late at most.
 */
const restingShare = 3;
const longestRest = 1000;

export function earlyWarning({
  table,
  clock,
  log,
  metrics = noMetrics,
  webhookHosts,
}: {
  readonly table: Table;
  readonly clock: Clock;
  readonly log: LocalLog;
  readonly metrics?: Metrics;
  readonly webhookHosts: AllowedHosts;
}): EarlyWarning {
  const follower = { table, clock, logger: log, metrics, memory: new ContractMemory() };
  const sender: NotifyDependencies = {
    ...follower,
    call: webhookCaller({ allowedHosts: webhookHosts }),
    random: Math.random,
    remainingMilliseconds: () => Number.POSITIVE_INFINITY,
    settings: notifySettings,
  };
  const handle = async (items: readonly Item[]): Promise<void> => {
    await follow(
      follower,
      items.flatMap((item) => domainEventOf(item) ?? []),
    );
    await sendNotices(
      sender,
      items.filter(({ sk }) => sk === 'NOTICE').map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) })),
    );
    // Last: a beat that was seen says that all before it was followed.
    await followBeat(table, items);
  };
  const pump = streamPump(
    handle,
    (error) => {
      log.error('events could not be followed', {
        error: error instanceof Error ? { message: error.message, stack: error.stack } : String(error),
      });
    },
    (worked) => pause(Math.min(longestRest, restingShare * worked), undefined, { ref: false }),
  );
  let isFollowing = false;
  watchPuts(table.client, table.name, (items) => {
    pump.tell(items);
  });
  return {
    start: async () => {
      pump.start();
      const swept = clock();
      await sweep(follower, true);
      await noteFollowed(table, swept);
      isFollowing = true;
    },
    tick: async () => {
      if (!isFollowing) return;
      await sweep(follower);
      await sendWhatIsDue(sender);
    },
    idle: () => pump.idle(),
    stop: () => pump.stop(),
  };
}
