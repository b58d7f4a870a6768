import * as z from 'zod';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { CalendarDate } from '../../kernel/time.ts';
import { minorUnits } from '../../ledger/posting.ts';
import type { Entry } from '../../ledger/entry.ts';
import type { FundingRound, PaidClaim } from '../../support/round.ts';
import { fundingRoundSchema } from '../../support/round.ts';
import type { Action } from '../table/action.ts';
import { doesNotExist } from '../table/condition.ts';
import type { Item } from '../table/item.ts';
import { keys } from '../table/keys.ts';
import { dueFrom } from '../table/keys/indexes.ts';
import { postEntry } from '../contracts/ledger.ts';
import { readBody } from '../table/item-body.ts';
import { freeOfRuns } from '../clearing/control.ts';
import type { BudgetItem } from './programme-budget.ts';
import { budgetStands, claimsStand, movesBudget, notDistributing } from './programme-budget.ts';
import type { Place } from './programme-claims.ts';
import { moveClaim, movePlace, stillReserved } from './programme-claims.ts';
import { lookAgain } from './support-settlements.ts';
import type { Table } from '../table/table.ts';

export const readRoundItem = (item: Item): FundingRound => readBody(fundingRoundSchema, item);

export async function readRound(table: Table, programme: string, round: number): Promise<FundingRound> {
  const item = await table.get(keys.fundingRound(programme, round));
  if (item === undefined) throw new Error(`round ${round} of ${programme} is not there`);
  return readRoundItem(item);
}

/** The rounds of a programme, the first first; `after` and `next` are their numbers. */
export async function listRounds(
  table: Table,
  programme: string,
  { limit, after }: PageRequest,
): Promise<Page<FundingRound>> {
  const first = Number(after ?? '0') + 1;
  const wanted = Array.from({ length: limit + 1 }, (_, index) => keys.fundingRound(programme, first + index));
  const items = (await table.getMany(wanted)).map(readRoundItem).toSorted((a, b) => a.round - b.round);
  const shown = items.slice(0, limit);
  return { items: shown, next: items.length > shown.length ? String(shown.at(-1)?.round) : null };
}

/**
 * Records a round: what it grants is paid from this instant on, and each agreement's part has left its reserve. Refused
 * where the budget, a claim or a round has come or changed since it was computed, or a clearing counts on what is left.
 */
export function recordRound(
  { round, entry }: { readonly round: FundingRound; readonly entry: Entry },
  seen: { readonly budget: BudgetItem; readonly places: readonly Place[]; readonly ended: number },
  today: CalendarDate,
): Action[] {
  const { programme } = round;
  const paid = minorUnits(round.paid);
  const released = seen.places.reduce((sum, place) => {
    const own = round.claims
      .filter(({ agreement }) => agreement === place.agreement)
      .reduce((total, claim) => total + minorUnits(claim.paid), 0n);
    return sum + stillReserved(place) - stillReserved({ ...place, paid: place.paid + own });
  }, 0n);
  return [
    {
      name: 'fundingRound',
      put: {
        ...keys.fundingRound(programme, round.round),
        type: 'funding round',
        body: z.encode(fundingRoundSchema, round),
      },
      conditions: [doesNotExist],
    },
    ...postEntry(entry),
    movesBudget(
      programme,
      { paid, reserved: -released, left: released - paid },
      { rounds: round.round, distributing: round.round, ...dueFrom(today, programme) },
      [notDistributing, ...claimsStand(seen.budget), ...budgetStands(seen.budget), freeOfRuns(seen.ended)],
    ),
  ];
}

/** What a round pays of a claim, once: refused where it has been paid. */
export function payClaim(
  round: FundingRound,
  claim: PaidClaim,
  entry: Entry,
  place: Place,
  today: CalendarDate,
): Action[] {
  const { programme } = round;
  const { agreement, producer, site, quarter } = claim;
  const carried = minorUnits(claim.carried);
  const isLast = carried === 0n && place.next === undefined;
  return [
    ...postEntry(entry),
    ...moveClaim(programme, { agreement, producer, site, quarter, amount: carried }, minorUnits(claim.owed)),
    movePlace(programme, place, { paid: place.paid + minorUnits(claim.paid) }),
    ...(isLast ? [lookAgain(agreement, today)] : []),
  ];
}

/** All that a round pays has been paid. */
export const closeRound = ({ programme, round }: FundingRound): Action =>
  movesBudget(programme, {}, { distributing: undefined }, [
    {
      name: 'isDistributing',
      expression: '#distributing = :round',
      names: { '#distributing': 'distributing' },
      values: { ':round': round },
    },
  ]);

/** From when on somebody must look at a programme again; never, if `undefined`. Refused where a claim came meanwhile. */
export const lookAtProgrammeAgain = (
  programme: string,
  budget: BudgetItem,
  due: CalendarDate | undefined,
): Action =>
  movesBudget(
    programme,
    {},
    due === undefined ? { gsi3pk: undefined, gsi3sk: undefined } : dueFrom(due, programme),
    [notDistributing, ...claimsStand(budget), ...budgetStands(budget)],
  );
