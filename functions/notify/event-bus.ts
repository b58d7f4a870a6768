import type {
  EventBridgeClient,
  PutEventsRequestEntry,
  PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import { setTimeout as pause } from 'node:timers/promises';
import { once } from '../../shared/kernel/once.ts';
import { alertOutline } from '../../shared/risk/alert-view.ts';
import type { Notice } from '../../shared/risk/notice.ts';

const attempts = 5;

/**
 * Publishes notices on an Amazon EventBridge bus, each as an outline under its id: whoever may know more asks the API. A
 * call that succeeds may still have failed for its entry (`FailedEntryCount`): that is tried again, and at last thrown. The
 * bus's client is read for the first notice: few calls of the function have one.
 */
export function eventBus(
  name: string,
  given?: Pick<EventBridgeClient, 'send'>,
  wait: (milliseconds: number) => Promise<unknown> = pause,
): (notice: Notice) => Promise<void> {
  const opened = once(async () => {
    const { EventBridgeClient, PutEventsCommand } = await import('@aws-sdk/client-eventbridge');
    return { client: given ?? new EventBridgeClient(), PutEventsCommand };
  });
  return async (notice) => {
    const { client, PutEventsCommand } = await opened();
    let failed: PutEventsResultEntry | undefined;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const answer = await client.send(new PutEventsCommand({ Entries: [entryOf(name, notice)] }));
      if ((answer.FailedEntryCount ?? 0) === 0) return;
      failed = answer.Entries?.[0];
      if (attempt < attempts) await wait(50 * 2 ** attempt);
    }
    throw new Error(`the event bus does not take ${notice.id}: ${failed?.ErrorCode ?? 'no reason given'}`);
  };
}

const entryOf = (name: string, notice: Notice): PutEventsRequestEntry => ({
  EventBusName: name,
  Source: 'lodestone',
  DetailType: notice.type,
  Time: new Date(notice.at),
  Detail: JSON.stringify({ id: notice.id, at: notice.at, alert: alertOutline(notice.alert) }),
});
