import { sha256 } from '../../shared/kernel/digest.ts';
import type { Item } from '../../shared/store/table/item.ts';
import { keys } from '../../shared/store/table/keys.ts';
import { nounOf } from '../../shared/store/table/item-versions.ts';
import { plain } from '../../shared/store/table/item-body.ts';

/*
 * What an organisation leaves behind, item by item: what is open and keeps it from being erased, what is removed, and
 * what loses its names. Contracts, the ledger, proofs and every chain stay as they are (docs/data-retention.md).
 */

/** What becomes of an item: it goes, or its body becomes another. */
export type Change = { readonly remove: true } | { readonly body: Record<string, unknown> };

type Body = Readonly<Record<string, unknown>>;
const bodyOf = (item: Item): Body => {
  const body = plain(item['body'] ?? null);
  return typeof body === 'object' && body !== null ? (body as Body) : {};
};

/** A name that tells nobody apart but from others that were erased. */
const pseudonymOf = (text: string): string => `Erased ${sha256(text).slice(0, 8)}`;

const erasedSubject = 'erased';

/** Why the organisation cannot be erased yet because of this item; `undefined` if nothing is open here. */
export function openIn(item: Item, organisation: string): string | undefined {
  const body = bodyOf(item);
  const isOne = (...names: readonly string[]): boolean => names.some((name) => body[name] === organisation);
  // What somebody must look at from a day on is not over.
  const isDue = item['gsi3pk'] !== undefined;
  switch (nounOf({ pk: String(item['pk']), sk: String(item['sk']) })) {
    case 'order':
      if (item['status'] !== 'open') return undefined;
      return item['owner'] === organisation || hasMember(item, organisation)
        ? 'an open order: withdraw it, or leave the pool'
        : undefined;
    case 'contract':
      return isDue && isOne('seller', 'buyer') ? 'a contract that is not over' : undefined;
    case 'agreement':
      return isDue && isOne('producer') ? 'a support agreement that is not over' : undefined;
    case 'stock account':
      return isDue && isOne('member') ? 'an account in a stockpile: close it' : undefined;
    case 'stock loan':
      return isDue && isOne('borrower') ? 'a loan of stock that is not over' : undefined;
    case 'stockpile':
      return isOne('operator') ? 'a stockpile that it operates' : undefined;
    case 'zone':
      return isOne('authority') ? 'a zone that it speaks for: name another authority' : undefined;
    default:
      return undefined;
  }
}

const hasMember = (item: Item, organisation: string): boolean =>
  Object.values((item['members'] ?? {}) as Record<string, Item>).some(
    (member) => member['organisation'] === organisation,
  );

/** Accounts of the organisation in which nothing may be left: what it is owed or owes until somebody pays it. */
export const mustBeEven = (organisation: string): string[] =>
  ['accrued', 'payable', 'clawback'].map((kind) => `ACCOUNT#${kind}:${organisation}`);

/** What becomes of an item of the organisation; `undefined` if it stays as it is. */
export function erasureOf(
  item: Item,
  organisation: string,
  webhooks: ReadonlySet<string>,
): Change | undefined {
  const body = bodyOf(item);
  const pk = String(item['pk']);
  if (pk.startsWith(`IDEMPOTENCY#${organisation}#`)) return { remove: true };
  if (pk.startsWith('WEBHOOK#') && webhooks.has(pk.slice('WEBHOOK#'.length))) return { remove: true };
  switch (nounOf({ pk, sk: String(item['sk']) })) {
    case 'webhook':
      return body['organisation'] === organisation ? { remove: true } : undefined;
    case 'organisation':
      return body['id'] === organisation ? changed(body, { name: pseudonymOf(organisation) }) : undefined;
    case 'site':
      return body['organisation'] === organisation
        ? changed(body, { name: pseudonymOf(String(body['id'])), recordedBy: erasedSubject })
        : undefined;
    case 'project':
      return body['organisation'] === organisation
        ? changed(body, {
            ...{ name: pseudonymOf(String(body['id'])), recordedBy: erasedSubject },
            ...('source' in body ? { source: erasedSubject } : {}),
          })
        : undefined;
    case 'pool':
      return body['runner'] === organisation && 'name' in body
        ? changed(body, { name: pseudonymOf(String(body['id'])) })
        : undefined;
    case 'exchange read':
      return body['organisation'] === organisation ? changed(body, { subject: erasedSubject }) : undefined;
    case 'stock need':
      return body['organisation'] === organisation && 'evidence' in body
        ? changed(body, { evidence: erasedSubject })
        : undefined;
    default:
      return undefined;
  }
}

function changed(body: Body, changes: Body): Change | undefined {
  const next = { ...body, ...changes };
  return JSON.stringify(next) === JSON.stringify(body) ? undefined : { body: next };
}

/** The webhook that this item is, if it is one of the organisation's: what was sent to it goes with it. */
export function webhookIn(item: Item, organisation: string): string | undefined {
  const { id, organisation: owner } = bodyOf(item);
  return item['pk'] === keys.webhook('').pk && owner === organisation ? String(id) : undefined;
}
