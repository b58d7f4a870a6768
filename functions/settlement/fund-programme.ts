import type { CalendarDate } from '../../shared/kernel/time.ts';
import { dateOf } from '../../shared/kernel/time.ts';
import type { FundingRound } from '../../shared/support/round.ts';
import { cutOffDay, decideRound, paymentEntry, readyClaims } from '../../shared/support/round.ts';
import { marketState } from '../../shared/store/clearing/control.ts';
import {
  closeRound,
  lookAtProgrammeAgain,
  payClaim,
  readRound,
  recordRound,
} from '../../shared/store/support/funding-rounds.ts';
import { readEntry } from '../../shared/store/contracts/ledger.ts';
import { availableIn, readBudget } from '../../shared/store/support/programme-budget.ts';
import { readClaims, readPlace, readPlaces } from '../../shared/store/support/programme-claims.ts';
import { readReference } from '../../shared/store/reference/reference.ts';
import type { Table } from '../../shared/store/table/table.ts';
import type { SettlementDependencies } from './dependencies.ts';

/** More rounds than a run can have to decide: one pays all that there is. */
const maximumSteps = 50;

/**
 * Pays what a programme's sites have claimed: finishes a round that somebody has left behind, then decides one of the
 * claims that are ready and pays it, claim by claim, each in one transaction, each once.
 */
export async function fundProgramme(
  { table, clock }: Pick<SettlementDependencies, 'table' | 'clock'>,
  programme: string,
): Promise<readonly FundingRound[]> {
  const rounds: FundingRound[] = [];
  for (let turn = 1; turn <= maximumSteps; turn += 1) {
    const at = clock();
    const today = dateOf(at);
    const budget = await readBudget(table, programme);
    const record = await readReference(table, 'programme', programme);
    if (budget === undefined || record === undefined)
      throw new Error(`${programme} is due, and has no budget`);
    const { product } = record;
    if (budget.distributing !== undefined) {
      const round = await readRound(table, programme, budget.distributing);
      await distribute(table, round, product, today);
      rounds.push(round);
      continue;
    }
    const [claims, places] = await Promise.all([readClaims(table, programme), readPlaces(table, programme)]);
    const awaited = places.flatMap(({ next }) => next ?? []);
    const ready = readyClaims(claims, awaited, today);
    const decided = decideRound({
      ...{ programme, product, at, claims: ready, available: availableIn(budget) },
      ...{ currency: record.budget.currency, round: budget.rounds + 1 },
    });
    const { ended, gateClosure } = await marketState(table, product);
    // A clearing that holds the budget is waited for by the next run: the programme stays due.
    if (decided !== undefined && gateClosure !== undefined) return rounds;
    const due = claims
      .map(({ quarter }) => cutOffDay(quarter))
      .filter((day) => day > today)
      .sort()[0];
    const outcome = await table.transact(
      decided === undefined
        ? [lookAtProgrammeAgain(programme, budget, due)]
        : recordRound(decided, { budget, places, ended }, today),
    );
    if (decided === undefined && outcome.done) return rounds;
    if (!outcome.done) await table.backOff(Math.min(turn, 6));
  }
  throw new Error(`${programme} does not come to rest`);
}

/** Pays what a round has granted; whoever comes second finds it paid. */
async function distribute(
  table: Table,
  round: FundingRound,
  product: string,
  today: CalendarDate,
): Promise<void> {
  for (const claim of round.claims) {
    const entry = paymentEntry(round, claim, product);
    for (let attempt = 1; entry !== undefined; attempt += 1) {
      const place = await readPlace(table, round.programme, claim.site);
      const outcome = await table.transact(payClaim(round, claim, entry, place, today));
      if (outcome.done || (await readEntry(table, entry.id)) !== undefined) break;
      // Another worker has paid another claim of the same site meanwhile.
      if (attempt === maximumSteps) throw new Error(`${claim.agreement} cannot be paid`);
      await table.backOff(Math.min(attempt, 6));
    }
  }
  await table.transact([closeRound(round)]);
}
