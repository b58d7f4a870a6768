import { scan } from '../../../infra/audit/scan.ts';
import { alertVersions } from '../../../shared/store/risk/alerts.ts';
import { readDeliveryItem, readWebhook } from '../../../shared/store/risk/webhooks.ts';
import { readNoticeItem } from '../../../shared/store/risk/notices.ts';
import type { Simulation } from './simulation.ts';

/** What clients were told was done and is not: a place given to two, an acknowledgement that no version of the alert has. */
export async function brokenPromises({ table, claims }: Simulation): Promise<string[]> {
  const broken = claims.contested.map((name) => `two were told to have the ${name}`);
  for (const id of claims.acknowledged) {
    const { items } = await alertVersions(table, id, { limit: 100, after: undefined });
    if (!items.some(({ status }) => status === 'acknowledged')) broken.push(`${id} is not acknowledged`);
  }
  return broken;
}

/**
 * What is wrong with what subscribers were told: a message of the table that nobody was to get, one that was not
 * delivered, or not received, or received in two versions, or one that nobody ever sent. None where all is well.
 */
export async function wronglyTold({ table, subscribers }: Simulation): Promise<string[]> {
  const wrong: string[] = [];
  const due = new Map<string, Set<string>>();
  const notices = new Set<string>();
  for await (const page of scan(table))
    for (const item of page) {
      if (item['sk'] === 'NOTICE') notices.add(readNoticeItem(item).id);
      if (!String(item['sk']).startsWith('DELIVERY#')) continue;
      const { webhook, notice, status } = readDeliveryItem(item);
      if (status !== 'delivered') wrong.push(`${notice} is ${status}`);
      const url = (await readWebhook(table, webhook))?.webhook.url ?? '?';
      due.set(url, (due.get(url) ?? new Set()).add(notice));
    }
  const everybody = new Set([...due.values()].flatMap((ids) => [...ids]));
  for (const id of notices) if (!everybody.has(id)) wrong.push(`${id} is for nobody`);
  for (const [url, ids] of due) {
    const got = Map.groupBy(subscribers.got.get(url) ?? [], ({ id }) => id);
    for (const id of ids) if (!got.has(id)) wrong.push(`${url} did not get ${id}`);
    for (const [id, messages] of got) {
      if (!ids.has(id)) wrong.push(`${url} got ${id}`);
      if (new Set(messages.map(({ body }) => body)).size > 1) wrong.push(`${url} got ${id} in two versions`);
    }
  }
  return wrong;
}
