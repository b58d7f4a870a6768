import type { Quarter } from '../../kernel/quarter.ts';
import type { OpenClaim } from '../../support/round.ts';
import type { Agreement } from '../../support/agreement.ts';
import { minorUnits } from '../../ledger/posting.ts';
import type { Action } from '../table/action.ts';
import { assign } from '../table/assign.ts';
import type { Clause } from '../table/condition.ts';
import { doesNotExist } from '../table/condition.ts';
import type { Item } from '../table/item.ts';
import { keys } from '../table/keys.ts';
import type { Table } from '../table/table.ts';

/*
 * What funding rounds rest on, beside the budget: each site's place in the programme, and each claim that is open. Both
 * change only in transactions that count a move on the budget or are a round's own payments.
 */

/** A site's place in a programme. */
export interface Place {
  readonly agreement: string;
  readonly site: string;
  /** Minor units: reserved for it until it is completed, and paid by the rounds that have been distributed. */
  readonly reserved: bigint;
  readonly paid: bigint;
  /** The next quarter that it will claim for; none behind its last. */
  readonly next: Quarter | undefined;
}

const placeOf = (item: Item): Place => ({
  agreement: String(item['agreement']),
  site: String(item['sk']).slice('SITE#'.length),
  reserved: item['reserved'] as bigint,
  paid: item['paid'] as bigint,
  next: item['next'] as Quarter | undefined,
});

/** Minor units that are still reserved. */
export const stillReserved = ({ reserved, paid }: Pick<Place, 'reserved' | 'paid'>): bigint =>
  reserved > paid ? reserved - paid : 0n;

/**
 * Once for a site and programme; and what the site makes of a product in a quarter is supported under one agreement only,
 * whichever programme's: no kilogram is paid for twice.
 */
export const takePlace = ({ id, programme, site, product, reserved, caps }: Agreement): Action[] => [
  {
    name: 'site of the programme',
    put: {
      ...keys.programmeSite(programme, site),
      ...{ type: 'programme site', agreement: id, reserved: minorUnits(reserved), paid: 0n },
      next: caps[0]!.quarter,
    },
    conditions: [doesNotExist],
  },
  ...caps.map(({ quarter }) => ({
    name: 'site of another programme',
    put: { ...keys.siteSupport(site, product, quarter), type: 'site support', agreement: id },
    conditions: [doesNotExist],
  })),
];

export async function readPlaces(table: Table, programme: string): Promise<Place[]> {
  const { pk, sk } = keys.programmeSite(programme, '');
  return (await table.query(pk, { prefix: sk })).map(placeOf);
}

export async function readPlace(table: Table, programme: string, site: string): Promise<Place> {
  const item = await table.get(keys.programmeSite(programme, site));
  if (item === undefined) throw new Error(`${site} has no place in ${programme}`);
  return placeOf(item);
}

const paidIs = (paid: bigint): Clause => ({
  name: 'paidIs',
  expression: '#paid = :paidThen',
  names: { '#paid': 'paid' },
  values: { ':paidThen': paid },
});

/** What changes of a place, if nobody has paid for it meanwhile. */
export const movePlace = (
  programme: string,
  place: Place,
  change: Partial<Pick<Place, 'reserved' | 'paid' | 'next'>>,
): Action => ({
  name: 'site of the programme',
  update: keys.programmeSite(programme, place.site),
  set: assign(change),
  conditions: [paidIs(place.paid)],
});

const claimOf = (item: Item): OpenClaim => ({
  agreement: String(item['agreement']),
  producer: String(item['producer']),
  site: String(item['site']),
  quarter: String(item['quarter']),
  amount: item['amount'] as bigint,
});

/** All that is owed and not paid, the oldest quarter first. */
export async function readClaims(table: Table, programme: string): Promise<OpenClaim[]> {
  const { pk } = keys.programmeClaim(programme, '', '');
  return (await table.query(pk, { prefix: 'CLAIM#' })).map(claimOf);
}

/** Those of one agreement's quarters that are open. */
export async function readClaimsOf(
  table: Table,
  programme: string,
  agreement: string,
  quarters: readonly Quarter[],
): Promise<OpenClaim[]> {
  const wanted = quarters.map((quarter) => keys.programmeClaim(programme, quarter, agreement));
  return (await table.getMany(wanted)).map(claimOf);
}

/** What is open of a claim becomes so much; none of it, and it is gone. Refused where it is not as it was read. */
export function moveClaim(programme: string, claim: OpenClaim, before: bigint): Action[] {
  const key = keys.programmeClaim(programme, claim.quarter, claim.agreement);
  const { amount } = claim;
  if (amount === before) return [];
  const asRead: Clause =
    before === 0n
      ? doesNotExist
      : {
          name: 'amountIs',
          expression: '#amount = :amountThen',
          names: { '#amount': 'amount' },
          values: { ':amountThen': before },
        };
  return [
    amount === 0n
      ? { name: 'claim', remove: key, conditions: [asRead] }
      : {
          name: 'claim',
          put: { ...key, type: 'support claim', ...claim },
          conditions: [asRead],
        },
  ];
}
