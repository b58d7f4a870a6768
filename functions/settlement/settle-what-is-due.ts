import { idPrefixes } from '../../shared/kernel/ids.ts';
import type { Settlement } from '../../shared/contracts/settlement/settlement.ts';
import type { Quarter } from '../../shared/kernel/quarter.ts';
import { addDays, dateOf } from '../../shared/kernel/time.ts';
import { perform } from '../../shared/store/table/effect.ts';
import { shards } from '../../shared/store/table/keys/shards.ts';
import { mostClaims, releaseExpired } from '../../shared/store/orders/lot-offers.ts';
import { settleAccount } from '../../shared/store/stockpiles/stock-account-settlement.ts';
import { settleLoan } from '../../shared/store/stockpiles/stock-loan-settlement.ts';
import { whatIsDue } from '../../shared/store/contracts/settlements.ts';
import { concurrently } from '../clearing/concurrently.ts';
import type { SettlementDependencies } from './dependencies.ts';
import { publishOutcomes } from './publish-outcomes.ts';
import { fundProgramme } from './fund-programme.ts';
import type { WaitsFor } from './settle-agreement.ts';
import { settleAgreement } from './settle-agreement.ts';
import { settleContract } from './settle-contract.ts';

/**
 * Agreements rest on what contracts were settled at, programmes on what agreements claim; what a programme has paid in
 * full may be completed.
 */
const phases = (only: Quarter | undefined) =>
  only === undefined
    ? (['contract', 'agreement', 'programme', 'agreement', 'stockLot', 'account', 'loan'] as const)
    : (['contract', 'agreement', 'stockLot'] as const);

/** Of a contract, or of a site's agreement with a programme. */
type Of = { readonly contract: string } | { readonly agreement: string };

export interface SettlementRun {
  /** Contracts, agreements and stock lots looked at. */
  readonly looked: number;
  readonly settlements: readonly ({
    readonly id: string;
    readonly kind: Settlement['kind'] | 'support';
    readonly quarter: string;
  } & Of)[];
  /** Quarters that wait for a reference price, or an agreement's for a contract. */
  readonly held: readonly ({ readonly quarter: string; readonly code: WaitsFor | 'not_covered' } & Of)[];
  /** What programmes have paid to sites. */
  readonly rounds: readonly { readonly programme: string; readonly round: number }[];
  /** What could not be settled for a fault of ours; each is in the log, and tried again. */
  readonly failed: readonly string[];
  /** Time was up before all was done: the next run goes on. */
  readonly more: boolean;
}

/** Frees what expired offers of a stock lot have not sold; what a clearing may still take is looked at again. */
async function releaseWhatExpired({ table, clock }: SettlementDependencies, lot: string): Promise<void> {
  for (let offer = 1; offer <= mostClaims; offer += 1) {
    const released = await perform(table, releaseExpired(table, lot, clock()));
    if (!released.ok || released.value === 'done') return;
  }
}

/** Contracts of one shard taken up at a time. */
const batch = 64;

/**
 * Looks at every contract that is due. It can be stopped and started at any point, and run twice at once: each step is
 * one transaction that only one of them can make. One contract that fails does not hold up the others.
 */
export async function settleWhatIsDue(dependencies: SettlementDependencies): Promise<SettlementRun> {
  const { table, clock, logger, settings, metrics } = dependencies;
  const today = dateOf(clock());
  const until = dependencies.isAsked === true ? addDays(today, 1) : today;
  const settlements: SettlementRun['settlements'][number][] = [];
  const held: SettlementRun['held'][number][] = [];
  const rounds: SettlementRun['rounds'][number][] = [];
  const failed = new Set<string>();
  const looked = new Set<string>();
  const isTimeUp = (): boolean => dependencies.remainingMilliseconds() < settings.handOnMilliseconds;

  const lookAt = async (id: string): Promise<void> => {
    looked.add(id);
    if (isTimeUp()) return;
    try {
      if (id.startsWith(`${idPrefixes.stockLot}_`)) await releaseWhatExpired(dependencies, id);
      else if (id.startsWith(`${idPrefixes.account}_`)) await settleAccount(table, clock, id);
      else if (id.startsWith(`${idPrefixes.loan}_`)) await settleLoan(table, clock, id);
      else if (id.startsWith(`${idPrefixes.agreement}_`)) {
        const found = await settleAgreement(dependencies, id);
        settlements.push(
          ...found.settlements.map((each) => ({ ...each, agreement: id, kind: 'support' as const })),
        );
        held.push(
          ...found.held
            .filter(
              ({ quarter }) =>
                !held.some(
                  (each) => 'agreement' in each && each.agreement === id && each.quarter === quarter,
                ),
            )
            .map((each) => ({ agreement: id, ...each })),
        );
      } else if (id.startsWith(`${idPrefixes.programme}_`)) {
        const found = await fundProgramme(dependencies, id);
        rounds.push(...found.map(({ programme, round }) => ({ programme, round })));
      } else {
        const found = await settleContract(dependencies, id);
        settlements.push(
          ...found.settlements.map(({ id: settlement, kind, quarter }) => ({
            ...{ id: settlement, contract: id, kind, quarter },
          })),
        );
        held.push(...found.held.map((each) => ({ contract: id, ...each })));
      }
    } catch (error) {
      failed.add(id);
      logger.error('it could not be settled', { id, error });
    }
  };

  for (const kind of phases(dependencies.only)) {
    const seen = new Set<string>();
    for (const shard of shards)
      for (;;) {
        // What is done has moved behind today, or is in `seen`: each batch is of others, until there are none.
        const due = await whatIsDue(table, shard, until, batch + seen.size);
        const fresh = due.filter((id) => !seen.has(id));
        if (fresh.length === 0 || isTimeUp()) break;
        for (const id of fresh) seen.add(id);
        await concurrently(
          fresh.filter((id) => id.startsWith(`${idPrefixes[kind]}_`)),
          settings.concurrency,
          lookAt,
        );
      }
  }
  const published = isTimeUp() ? [] : await publishOutcomes(dependencies, isTimeUp);
  const more = isTimeUp();
  const run = { looked: looked.size, settlements, held, rounds, failed: [...failed], more };
  logger.info('settlement', {
    ...run,
    ...{
      settlements: settlements.length,
      held: held.length,
      rounds: rounds.length,
      outcomes: published.length,
    },
  });
  metrics?.record('Settlements', settlements.length);
  metrics?.record('DueUnsettled', held.length + failed.size);
  metrics?.record('SettlementsFailed', failed.size);
  return run;
}
