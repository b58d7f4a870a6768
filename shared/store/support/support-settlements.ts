import * as z from 'zod';
import { moneyOf, moneySchema } from '../../kernel/money.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import type { CalendarDate } from '../../kernel/time.ts';
import { minorUnits } from '../../ledger/posting.ts';
import type { Agreement } from '../../support/agreement.ts';
import type { SettledAgreementQuarter, SupportSettlement } from '../../support/quarter-settlement.ts';
import { supportSettlementSchema } from '../../support/quarter-settlement.ts';
import type { Action } from '../table/action.ts';
import { endAgreement } from './agreements.ts';
import { assign } from '../table/assign.ts';
import { doesNotExist } from '../table/condition.ts';
import type { Item } from '../table/item.ts';
import { keys } from '../table/keys.ts';
import { dueFrom } from '../table/keys/indexes.ts';
import { postEntry } from '../contracts/ledger.ts';
import { readBody } from '../table/item-body.ts';
import { movesBudget, notDistributing } from './programme-budget.ts';
import type { Place } from './programme-claims.ts';
import { moveClaim, movePlace, readClaimsOf, stillReserved } from './programme-claims.ts';
import type { Table } from '../table/table.ts';

export const readSupportItem = (item: Item): SupportSettlement => readBody(supportSettlementSchema, item);

/** What was settled of an agreement, in order of quarter and number. */
export async function readSupportSettlements(table: Table, agreement: string): Promise<SupportSettlement[]> {
  const { pk } = keys.supportSettlement(agreement, '', 1);
  return (await table.query(pk, { prefix: 'SETTLEMENT#' })).map(readSupportItem);
}

/** The last word on each quarter, by quarter. */
export const standingSettlements = (
  all: readonly SupportSettlement[],
): ReadonlyMap<Quarter, SupportSettlement> => {
  const last = new Map<Quarter, SupportSettlement>();
  for (const each of all)
    if ((last.get(each.quarter)?.sequence ?? 0) < each.sequence) last.set(each.quarter, each);
  return new Map([...last].sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** A settlement as it is read: the last word on a quarter tells what of its claim has been paid, and what is carried over. */
export const supportSettlementViewSchema = supportSettlementSchema
  .extend({ paid: moneySchema.optional(), carried: moneySchema.optional() })
  .meta({ id: 'SupportSettlementView' });

export async function viewSupportSettlements(table: Table, { id, programme }: Agreement) {
  const all = await readSupportSettlements(table, id);
  const standing = standingSettlements(all);
  const claims = new Map(
    (await readClaimsOf(table, programme, id, [...standing.keys()])).map((claim) => [claim.quarter, claim]),
  );
  return all.map((settlement): z.output<typeof supportSettlementViewSchema> => {
    const { quarter, claim } = settlement;
    if (standing.get(quarter) !== settlement) return settlement;
    const carried = claims.get(quarter)?.amount ?? 0n;
    return {
      ...settlement,
      paid: moneyOf(minorUnits(claim) - carried, claim.currency),
      carried: moneyOf(carried, claim.currency),
    };
  });
}

/**
 * A quarter of an agreement that is settled or corrected: the settlement, its entry, its claim, and for a first
 * settlement the quarter that is claimed for next. Refused while a round of the programme is being paid. Somebody looks
 * at the programme, and goes on looking at the agreement.
 */
export function settleSupportQuarter(
  agreement: Agreement,
  { settlement, entry, open }: SettledAgreementQuarter,
  at: { readonly place: Place; readonly open: bigint; readonly next: Quarter | undefined },
  today: CalendarDate,
): Action[] {
  const { id, programme, producer, site } = agreement;
  const { quarter, sequence } = settlement;
  const { place } = at;
  const refunded = minorUnits(settlement.refunded);
  const paid = place.paid - refunded;
  const reopened = stillReserved({ ...place, paid }) - stillReserved(place);
  return [
    {
      name: 'supportSettlement',
      put: {
        ...keys.supportSettlement(id, quarter, sequence),
        type: 'support settlement',
        body: z.encode(supportSettlementSchema, settlement),
      },
      conditions: [doesNotExist],
    },
    ...(entry === undefined ? [] : postEntry(entry)),
    ...moveClaim(programme, { agreement: id, producer, site, quarter, amount: open }, at.open),
    movePlace(programme, place, { paid, ...(sequence === 1 ? { next: at.next } : {}) }),
    movesBudget(
      programme,
      {
        moves: 1n,
        ...(refunded === 0n ? {} : { paid: -refunded, reserved: reopened, left: refunded - reopened }),
      },
      dueFrom(today, programme),
      [notDistributing],
    ),
    lookAgain(id, today),
  ];
}

/** An agreement of which everything is settled and paid: what it still reserves is free, for whoever claims. */
export const completeAgreement = (agreement: Agreement, place: Place, today: CalendarDate): Action[] => {
  const { programme } = agreement;
  const released = stillReserved(place);
  return [
    endAgreement(agreement, 'completed'),
    movePlace(programme, place, { reserved: 0n }),
    movesBudget(programme, { moves: 1n, reserved: -released, left: released }, dueFrom(today, programme), [
      notDistributing,
    ]),
  ];
};

/** From when on somebody must look at an agreement again; never, if `undefined`. */
export const lookAgain = (agreement: string, due: CalendarDate | undefined): Action => ({
  name: `agreement ${agreement}`,
  update: keys.agreement(agreement),
  set: assign(due === undefined ? { gsi3pk: undefined, gsi3sk: undefined } : dueFrom(due, agreement)),
});
