import * as z from 'zod';
import type { Page, PageRequest } from '../../kernel/page.ts';
import { fieldProblem, problem } from '../../kernel/problem.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Instant } from '../../kernel/time.ts';
import { dateOf, instantOf, millisecondsOf } from '../../kernel/time.ts';
import { addDays } from '../../kernel/time.ts';
import type { Caller } from '../../reference/caller.ts';
import { seesAll } from '../../reference/caller.ts';
import type { Webhook, WebhookDelivery, WebhookTerms } from '../../risk/subscription.ts';
import { overlapMilliseconds, webhookDeliverySchema, webhookSchema } from '../../risk/subscription.ts';
import type { AllowedHosts } from '../../wire/webhook-url.ts';
import { webhookUrlFault } from '../../wire/webhook-url.ts';
import type { Act } from '../table/act.ts';
import type { Action } from '../table/action.ts';
import type { Attribute } from '../table/condition.ts';
import { doesNotExist, versionIs } from '../table/condition.ts';
import type { Plan } from '../table/effect.ts';
import type { Item } from '../table/item.ts';
import { keys } from '../table/keys.ts';
import { sendFrom } from '../table/keys/indexes.ts';
import { keptDays } from './notices.ts';
import { plain, readBody } from '../table/item-body.ts';
import type { Table } from '../table/table.ts';

/** Secrets that sign, the newest first; one that was replaced until its overlap ends. */
const secretsSchema = z.array(z.object({ secret: z.string(), until: z.string().optional() }));
export type Secrets = z.output<typeof secretsSchema>;

export interface StoredWebhook {
  readonly webhook: Webhook;
  readonly secrets: Secrets;
}

/** A fresh secret; the caller's source of randomness, as ids are. */
export type NewSecret = () => string;

const mostWebhooks = 20;
const noSuchWebhook = fail(problem('not_found', 'There is no such webhook.'));

const schema: z.ZodType<Webhook> = webhookSchema;
const stored = (item: Item): StoredWebhook => ({
  webhook: readBody(schema, item),
  secrets: secretsSchema.parse(plain(item['secrets'])),
});

/** All that can be read, of everybody (there are few); the others are told of, and keep nobody from these. */
export async function readSoundWebhooks(
  table: Table,
  broken: (id: string, error: unknown) => void,
): Promise<StoredWebhook[]> {
  return (await table.query(keys.webhook('').pk)).flatMap((item) => {
    try {
      return [stored(item)];
    } catch (error) {
      broken(String(item['sk']), error);
      return [];
    }
  });
}

export async function readWebhook(table: Table, id: string): Promise<StoredWebhook | undefined> {
  const item = await table.get(keys.webhook(id));
  return item && stored(item);
}

const itemOf = ({ webhook, secrets }: StoredWebhook) => ({
  ...keys.webhook(webhook.id),
  version: webhook.version,
  body: z.encode(webhookSchema, webhook) as Attribute,
  secrets: secrets as Attribute,
});

/** A webhook's next state, if nobody has changed it since it was read. */
export const replaceWebhook = (
  before: StoredWebhook,
  change: Partial<Webhook>,
  secrets = before.secrets,
): Action => ({
  name: 'webhook',
  put: itemOf({
    webhook: { ...before.webhook, ...change, version: before.webhook.version + 1 },
    secrets,
  }),
  conditions: [versionIs(before.webhook.version)],
});

/** Errors: invalid_request (a URL that may not be called), invalid_state (too many). */
export const openWebhook =
  (
    table: Table,
    act: Act,
    caller: Caller,
    terms: WebhookTerms,
    { allowedHosts, newSecret }: { readonly allowedHosts: AllowedHosts; readonly newSecret: NewSecret },
  ): Plan<{ readonly webhook: Webhook; readonly secret: string }> =>
  async () => {
    const fault = webhookUrlFault(terms.url, allowedHosts);
    if (fault !== undefined) return fail(fieldProblem('invalid_request', '/url', `The URL ${fault}.`));
    // One of somebody's that cannot be read keeps nobody from having another.
    const own = (await readSoundWebhooks(table, () => undefined)).filter(
      ({ webhook }) => webhook.organisation === act.organisation,
    );
    if (own.length >= mostWebhooks)
      return fail(problem('invalid_state', `An organisation has at most ${mostWebhooks} webhooks.`));
    const webhook: Webhook = {
      ...{ ...terms, id: act.newId('webhook'), organisation: act.organisation, roles: [...caller.roles] },
      ...{ createdAt: act.at, createdBy: act.subject, status: 'active', version: 1 },
    };
    const secret = newSecret();
    return ok({
      actions: [
        { name: 'webhook', put: itemOf({ webhook, secrets: [{ secret }] }), conditions: [doesNotExist] },
      ],
      value: { webhook, secret },
    });
  };

const mayAct = (caller: Caller, { organisation }: Webhook): boolean => organisation === caller.organisation;

/** A webhook of the caller's organisation; administrators and auditors see everybody's. */
export async function viewWebhook(table: Table, caller: Caller, id: string): Promise<Webhook | undefined> {
  const found = await readWebhook(table, id);
  return found !== undefined && (mayAct(caller, found.webhook) || seesAll(caller))
    ? found.webhook
    : undefined;
}

export async function listWebhooks(table: Table, caller: Caller, page: PageRequest): Promise<Page<Webhook>> {
  const all = (await readSoundWebhooks(table, () => undefined))
    .map(({ webhook }) => webhook)
    .filter((webhook) => mayAct(caller, webhook) || seesAll(caller))
    .filter(({ id }) => page.after === undefined || id > page.after);
  const items = all.slice(0, page.limit);
  return { items, next: all.length > items.length ? (items.at(-1)?.id ?? null) : null };
}

const onOwn =
  <T>(
    table: Table,
    caller: Caller,
    id: string,
    change: (found: StoredWebhook) => { readonly actions: readonly Action[]; readonly value: T },
  ): Plan<T> =>
  async () => {
    const found = await readWebhook(table, id);
    return found === undefined || !mayAct(caller, found.webhook) ? noSuchWebhook : ok(change(found));
  };

const changed = (found: StoredWebhook, change: Partial<Webhook>) => ({
  actions: [replaceWebhook(found, change)],
  value: { ...found.webhook, ...change, version: found.webhook.version + 1 },
});

/** Calls it again from now on; what it has missed is held until it is replayed. Errors: not_found. */
export const enableWebhook = (table: Table, caller: Caller, id: string): Plan<Webhook> =>
  onOwn(table, caller, id, (found) =>
    found.webhook.status === 'active'
      ? { actions: [], value: found.webhook }
      : changed(found, { status: 'active', disabled: undefined, failingSince: undefined }),
  );

/** Errors: not_found. */
export const disableWebhook = (table: Table, act: Act, caller: Caller, id: string): Plan<Webhook> =>
  onOwn(table, caller, id, (found) =>
    found.webhook.status === 'disabled'
      ? { actions: [], value: found.webhook }
      : changed(found, { status: 'disabled', disabled: { at: act.at, reason: 'by-request' } }),
  );

/** Errors: not_found. */
export const closeWebhook = (table: Table, caller: Caller, id: string): Plan<Webhook> =>
  onOwn(table, caller, id, ({ webhook }) => ({
    actions: [{ name: 'webhook', remove: keys.webhook(id), conditions: [versionIs(webhook.version)] }],
    value: webhook,
  }));

/** A new secret; the one before it signs beside it for a day, so that no message is lost meanwhile. Errors: not_found. */
export const rotateSecret = (
  table: Table,
  act: Act,
  caller: Caller,
  id: string,
  newSecret: NewSecret,
): Plan<{ readonly webhook: Webhook; readonly secret: string }> =>
  onOwn(table, caller, id, (found) => {
    const secret = newSecret();
    const [last] = found.secrets;
    const until = instantOf(millisecondsOf(act.at) + overlapMilliseconds);
    const secrets = [{ secret }, ...(last === undefined ? [] : [{ secret: last.secret, until }])];
    return {
      actions: [replaceWebhook(found, {}, secrets)],
      value: { webhook: { ...found.webhook, version: found.webhook.version + 1 }, secret },
    };
  });

/** Secrets that sign at an instant. */
export const signingSecrets = ({ secrets }: StoredWebhook, at: Instant): string[] =>
  secrets.filter(({ until }) => until === undefined || at < until).map(({ secret }) => secret);

export interface Replay {
  readonly webhook: string;
  readonly id: string;
  readonly from: Instant;
}

/**
 * Sends again, soon, everything that the webhook has been or should have been sent since an instant. Errors: not_found,
 * invalid_request (before what is kept), invalid_state (it is disabled).
 */
export const replayWebhook =
  (table: Table, act: Act, caller: Caller, id: string, from: Instant): Plan<Replay> =>
  async () => {
    const found = await readWebhook(table, id);
    if (found === undefined || !mayAct(caller, found.webhook)) return noSuchWebhook;
    if (from.slice(0, 10) < addDays(dateOf(act.at), 1 - keptDays) || from > act.at)
      return fail(
        fieldProblem('invalid_request', '/from', `Messages are kept for ${keptDays} days: from when on?`),
      );
    if (found.webhook.status !== 'active')
      return fail(problem('invalid_state', 'The webhook is disabled: enable it first.'));
    const replay: Replay = { webhook: id, id: act.newId('replay'), from };
    return ok({
      actions: [
        {
          name: 'replay',
          put: { ...keys.replay(id, replay.id), ...replay, ...sendFrom(act.at, replay.id) },
          conditions: [doesNotExist],
        },
      ],
      value: replay,
    });
  };

const deliverySchema: z.ZodType<WebhookDelivery> = webhookDeliverySchema;
export const readDeliveryItem = (item: Item): WebhookDelivery => {
  const { webhook, notice, type, status, attempts, nextAt, tries } = plain(item) as Record<string, unknown>;
  return z.decode(deliverySchema, {
    ...{ webhook, notice, type, status, attempts, tries },
    ...(nextAt === undefined ? {} : { nextAt }),
  });
};

/** What a webhook was sent or is to be sent, the newest first. */
export async function listDeliveries(
  table: Table,
  webhook: string,
  page: PageRequest,
): Promise<Page<WebhookDelivery>> {
  const { pk, sk: prefix } = keys.delivery(webhook, '');
  const items = await table.query(pk, {
    ...{ reverse: true, limit: page.limit + 1 },
    after: page.after ?? `${prefix}~`,
  });
  const shown = items.slice(0, page.limit);
  return {
    items: shown.map(readDeliveryItem),
    next: items.length > shown.length ? String(shown.at(-1)?.['sk']) : null,
  };
}
