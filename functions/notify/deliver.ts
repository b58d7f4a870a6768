import { Webhook as Signer } from 'standardwebhooks';
import * as z from 'zod';
import { dateOf, instantOf, millisecondsOf } from '../../shared/kernel/time.ts';
import { alertFor, alertViewSchema } from '../../shared/risk/alert-view.ts';
import type { Notice } from '../../shared/risk/notice.ts';
import type { TryResult, Webhook, WebhookDelivery } from '../../shared/risk/subscription.ts';
import { patienceAttempts, patienceMilliseconds, retryAfter } from '../../shared/risk/subscription.ts';
import type { Action } from '../../shared/store/table/action.ts';
import { zonesOperated } from '../../shared/store/risk/alerts.ts';
import { assign } from '../../shared/store/table/assign.ts';
import type { Clause } from '../../shared/store/table/condition.ts';
import type { Item } from '../../shared/store/table/item.ts';
import { keys } from '../../shared/store/table/keys.ts';
import { sendFrom } from '../../shared/store/table/keys/indexes.ts';
import { readNoticeItem } from '../../shared/store/risk/notices.ts';
import type { StoredWebhook } from '../../shared/store/risk/webhooks.ts';
import {
  readDeliveryItem,
  readWebhook,
  replaceWebhook,
  signingSecrets,
} from '../../shared/store/risk/webhooks.ts';
import type { NotifyDependencies } from './dependencies.ts';

/** Tries that a delivery keeps. */
const keptTries = 20;

/** Nobody has begun an attempt since it was read. */
const attemptsAre = (attempts: number): Clause => ({
  name: 'attemptsAre',
  expression: '#attempts = :attempts AND #status = :pending',
  names: { '#attempts': 'attempts', '#status': 'status' },
  values: { ':attempts': attempts, ':pending': 'pending' },
});

const noLongerDue = { gsi3pk: undefined, gsi3sk: undefined, nextAt: undefined } as const;

/**
 * One attempt at one delivery. First it is put off to when the next attempt would be, so that nobody else makes this one,
 * and so that it is made again should we die before we know what came of it. The other side may therefore get a
 * message twice, always under one id.
 */
export async function deliver(dependencies: NotifyDependencies, item: Item): Promise<void> {
  const { table, clock, call } = dependencies;
  const delivery = readDeliveryItem(item);
  const now = clock();
  if (delivery.status !== 'pending' || delivery.nextAt === undefined || delivery.nextAt > now) return;
  const key = keys.delivery(delivery.webhook, delivery.notice);
  const stored = await readWebhook(table, delivery.webhook);
  if (stored?.webhook.status !== 'active') {
    await table.update(key, assign({ status: 'held', ...noLongerDue }), [attemptsAre(delivery.attempts)]);
    return;
  }
  const begun: WebhookDelivery = { ...delivery, attempts: delivery.attempts + 1 };
  const nextAt = instantOf(millisecondsOf(now) + waitAfter(begun.attempts, dependencies.random));
  const claimed = await table.update(
    key,
    assign({
      ...{ attempts: begun.attempts, nextAt },
      ...sendFrom(nextAt, `${delivery.webhook}#${delivery.notice}`),
    }),
    [attemptsAre(delivery.attempts)],
  );
  if (!claimed.done) return;
  const message = await messageFor(dependencies, stored, delivery.notice, now);
  if (message === undefined) {
    await table.update(key, assign({ status: 'failed', ...noLongerDue }), [attemptsAre(begun.attempts)]);
    return;
  }
  const result = await call(stored.webhook.url, message.headers, message.body);
  await record(dependencies, begun, { at: clock(), result });
}

/** After so many attempts; up to a tenth more, so that what failed together does not come back together. */
function waitAfter(attempts: number, random: () => number): number {
  const wait = retryAfter[attempts - 1] ?? retryAfter.at(-1) ?? 0;
  return Math.round(wait * (1 + random() / 10));
}

/** The message as this webhook may know it, signed with each secret that stands. Nothing, if it may not know it any more. */
async function messageFor(
  { table }: NotifyDependencies,
  stored: StoredWebhook,
  noticeId: string,
  now: string,
): Promise<{ readonly headers: Record<string, string>; readonly body: string } | undefined> {
  const item = await table.get(keys.notice(noticeId));
  if (item === undefined) return undefined;
  const notice = readNoticeItem(item);
  const body = bodyOf(
    notice,
    stored.webhook,
    await zonesOperated(table, stored.webhook.organisation, dateOf(now)),
  );
  if (body === undefined) return undefined;
  const at = new Date(now);
  return {
    body,
    headers: {
      'Content-Type': 'application/json',
      'User-Agent': 'Lodestone-Webhooks/1',
      'webhook-id': notice.id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': signingSecrets(stored, now)
        .map((secret) => new Signer(secret).sign(notice.id, at, body))
        .join(' '),
    },
  };
}

function bodyOf(notice: Notice, webhook: Webhook, zones: ReadonlySet<string>): string | undefined {
  const view = alertFor(notice.alert, webhook, zones);
  if (view === undefined) return undefined;
  return JSON.stringify({
    type: notice.type,
    timestamp: notice.at,
    data: z.encode(alertViewSchema, view),
  });
}

const isSuccess = (result: TryResult['result']): boolean =>
  typeof result === 'number' && result >= 200 && result < 300;

/** What came of an attempt: to the delivery, and to the webhook if it changes how that is doing. */
async function record(
  { table, logger, metrics }: NotifyDependencies,
  delivery: WebhookDelivery,
  tried: TryResult,
): Promise<void> {
  const succeeded = isSuccess(tried.result);
  metrics?.record(succeeded ? 'WebhooksDelivered' : 'WebhookTriesFailed', 1);
  const isLast = delivery.attempts > retryAfter.length || tried.result === 410;
  const tries = [...delivery.tries, tried].slice(-keptTries);
  const outcome = succeeded ? 'delivered' : isLast ? 'failed' : 'pending';
  const update: Action = {
    name: 'delivery',
    update: keys.delivery(delivery.webhook, delivery.notice),
    set: assign({
      ...{ status: outcome, tries },
      ...(outcome === 'pending' ? {} : noLongerDue),
    }),
    conditions: [attemptsAre(delivery.attempts)],
  };
  for (let attempt = 1; attempt <= 10; attempt += 1) {
    const stored = await readWebhook(table, delivery.webhook);
    const change = stored && changeOf(stored.webhook, succeeded, delivery.attempts, tried);
    const actions =
      stored === undefined || change === undefined ? [update] : [update, replaceWebhook(stored, change)];
    const written = await table.transact(actions);
    if (written.done) {
      if (change?.disabled !== undefined) {
        logger.warn('webhook disabled', { webhook: delivery.webhook, reason: change.disabled.reason });
        metrics?.record('WebhooksDisabled', 1);
      }
      return;
    }
    // A replay or another attempt has it now: what came of this one matters no more.
    if (written.refusals.some(({ action }) => action === 'delivery')) return;
    await table.backOff(attempt);
  }
}

function changeOf(
  webhook: Webhook,
  succeeded: boolean,
  attempts: number,
  { at, result }: TryResult,
): Partial<Webhook> | undefined {
  if (succeeded) return webhook.failingSince === undefined ? undefined : { failingSince: undefined };
  if (webhook.status !== 'active') return undefined;
  // The other side says that it is gone for good (RFC 9110, 15.5.11).
  if (result === 410) return { status: 'disabled', disabled: { at, reason: 'gone' } };
  const since = webhook.failingSince ?? at;
  const isOver = millisecondsOf(at) - millisecondsOf(since) >= patienceMilliseconds;
  if (isOver && attempts >= patienceAttempts)
    return { status: 'disabled', disabled: { at, reason: 'failing' }, failingSince: since };
  return webhook.failingSince === undefined ? { failingSince: since } : undefined;
}
