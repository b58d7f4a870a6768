import type { Instant } from '../../shared/kernel/time.ts';
import { derivedId } from '../../shared/kernel/derived-id.ts';
import { assign } from '../../shared/store/table/assign.ts';
import type { Clause } from '../../shared/store/table/condition.ts';
import { exists } from '../../shared/store/table/condition.ts';
import type { Item } from '../../shared/store/table/item.ts';
import { keys } from '../../shared/store/table/keys.ts';
import { sendFrom } from '../../shared/store/table/keys/indexes.ts';
import { readDeliveryItem } from '../../shared/store/risk/webhooks.ts';
import type { NotifyDependencies } from './dependencies.ts';

const pageSize = 100;

/** This replay has not come by yet. */
const isNotReplayedBy = (replay: string): Clause => ({
  name: 'isNotReplayedBy',
  expression: 'attribute_not_exists(#replay) OR #replay <> :replay',
  names: { '#replay': 'replay' },
  values: { ':replay': replay },
});

/**
 * Makes every delivery of a webhook since an instant due again, then removes the replay. Whoever dies on the way leaves
 * it to be gone on with: each delivery notes by which replay it was last made due.
 */
export async function replay({ table, clock }: NotifyDependencies, item: Item): Promise<void> {
  const { webhook, id, from } = item as {
    readonly webhook: string;
    readonly id: string;
    readonly from: Instant;
  };
  const { pk, sk: prefix } = keys.delivery(webhook, '');
  // Ids of notices begin with their time.
  let after = `${prefix}${derivedId('notice', from, '').slice(0, -16)}`;
  for (;;) {
    const page = (await table.query(pk, { after, limit: pageSize })).filter(({ sk }) =>
      String(sk).startsWith(prefix),
    );
    const now = clock();
    for (const { webhook: of, notice } of page.map(readDeliveryItem))
      await table.update(
        keys.delivery(of, notice),
        assign({
          ...{ status: 'pending', attempts: 0, nextAt: now, replay: id },
          ...sendFrom(now, `${of}#${notice}`),
        }),
        [exists, isNotReplayedBy(id)],
      );
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) break;
    after = String(last['sk']);
  }
  await table.transact([{ name: 'replay', remove: keys.replay(webhook, id) }]);
}
