import { dateOf, instantOf, millisecondsOf } from '../../shared/kernel/time.ts';
import { alertFor } from '../../shared/risk/alert-view.ts';
import { isAskedFor } from '../../shared/risk/subscription.ts';
import type { Action } from '../../shared/store/table/action.ts';
import { assign } from '../../shared/store/table/assign.ts';
import { zonesOperated } from '../../shared/store/risk/alerts.ts';
import { exists, doesNotExist } from '../../shared/store/table/condition.ts';
import type { Item } from '../../shared/store/table/item.ts';
import type { Key } from '../../shared/store/table/keys/key.ts';
import { keys } from '../../shared/store/table/keys.ts';
import { sendFrom } from '../../shared/store/table/keys/indexes.ts';
import { expiresAfter, keptDays, readNoticeItem } from '../../shared/store/risk/notices.ts';
import { maximumActions } from '../../shared/store/table/table.ts';
import { readSoundWebhooks } from '../../shared/store/risk/webhooks.ts';
import type { NotifyDependencies } from './dependencies.ts';

/** When a notice is looked at again for webhooks that cannot be read. */
const againAfterMilliseconds = 900_000;

/**
 * Makes a delivery of a notice for each webhook that asks for it and may know, and publishes it on the bus; then the
 * notice is done. Whoever dies on the way leaves it to be done again: deliveries that are there are passed over, and the
 * bus may get it twice, under the same id. Answers the deliveries made that are due at once, and the webhooks that could
 * not be read, which do not hold up the others: for them the notice is looked at again every quarter of an hour, until they
 * are mended or it is no longer kept.
 */
export async function dispatch(
  dependencies: NotifyDependencies,
  item: Item,
): Promise<{ readonly made: readonly Key[]; readonly broken: readonly string[] }> {
  const { table, clock, logger, publish } = dependencies;
  if (item['gsi3sk'] === undefined) return { made: [], broken: [] };
  const notice = readNoticeItem(item);
  const now = clock();
  const isAgain = item['published'] === true;
  const wanted: { readonly webhook: string; readonly isActive: boolean }[] = [];
  const broken: string[] = [];
  const sound = await readSoundWebhooks(table, (webhook, error) => {
    broken.push(webhook);
    logger.error('a webhook cannot be read', { webhook, error });
  });
  for (const { webhook } of sound) {
    // Looked at again for those that could not be read: who has subscribed since asked for what came later.
    if (!isAskedFor(webhook, notice) || (isAgain && webhook.createdAt > notice.at)) continue;
    const zones = await zonesOperated(table, webhook.organisation, dateOf(now));
    if (alertFor(notice.alert, webhook, zones) !== undefined)
      wanted.push({ webhook: webhook.id, isActive: webhook.status === 'active' });
  }
  const there = new Set(
    (await table.getMany(wanted.map(({ webhook }) => keys.delivery(webhook, notice.id)))).map(({ pk }) => pk),
  );
  const fresh = wanted
    .map(({ webhook, isActive }) => ({ key: keys.delivery(webhook, notice.id), webhook, isActive }))
    .filter(({ key }) => !there.has(key.pk));
  for (let start = 0; start < fresh.length; start += maximumActions)
    await table.transact(
      fresh.slice(start, start + maximumActions).map(({ key, webhook, isActive }): Action => ({
        name: 'delivery',
        put: {
          ...{ ...key, webhook, notice: notice.id, type: notice.type, attempts: 0, tries: [] },
          ...(isActive
            ? { status: 'pending', nextAt: now, ...sendFrom(now, `${webhook}#${notice.id}`) }
            : { status: 'held' }),
          expiresAt: expiresAfter(notice.at, keptDays),
        },
        conditions: [doesNotExist],
      })),
    );
  if (!isAgain) await publish?.(notice);
  const later = sendFrom(instantOf(millisecondsOf(now) + againAfterMilliseconds), notice.id);
  const next = broken.length > 0 ? { published: true, ...later } : { gsi3pk: undefined, gsi3sk: undefined };
  await table.update(keys.notice(notice.id), assign(next), [exists]);
  return { made: fresh.filter(({ isActive }) => isActive).map(({ key }) => key), broken };
}
