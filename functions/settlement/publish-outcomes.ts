import type { Contribution } from '../../shared/clearing/outcome/figures.ts';
import { contributionOf } from '../../shared/clearing/outcome/figures.ts';
import { outcomeOf, publishedAtLatest, publishedFrom } from '../../shared/clearing/outcome/outcome.ts';
import type { Quarter } from '../../shared/kernel/quarter.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { dateOf, instantOf, millisecondsOf } from '../../shared/kernel/time.ts';
import { groupOf } from '../../shared/reference/organisation.ts';
import { readContract } from '../../shared/store/contracts/contracts.ts';
import { shards } from '../../shared/store/table/keys/shards.ts';
import { readOriginUse } from '../../shared/store/clearing/origin-use.ts';
import {
  contractTermsOfShard,
  firstQuarterOf,
  publishOutcome,
  readOutcomes,
} from '../../shared/store/contracts/outcomes.ts';
import { readAll, readAllAt } from '../../shared/store/reference/reference.ts';
import { readSettlements } from '../../shared/store/contracts/settlements.ts';
import type { Table } from '../../shared/store/table/table.ts';
import { concurrently } from '../clearing/concurrently.ts';
import type { SettlementDependencies } from './dependencies.ts';

/** What was written by then is visible, whatever the clocks of its writers said, and nothing follows with its time. */
const settlingMilliseconds = 10 * 60_000;

/** A quarter of a market that nothing is published of yet. */
interface Open {
  readonly product: string;
  readonly quarter: Quarter;
  readonly contributions: Contribution[];
}

/**
 * Publishes the quarters whose day has come, once each: all that are due in one pass over the contracts. A pass that
 * runs out of time writes nothing; two at once publish the same, as of instants of their own, and one is refused.
 */
export async function publishOutcomes(
  { table, reader, clock, settings }: Pick<SettlementDependencies, 'table' | 'reader' | 'clock' | 'settings'>,
  isTimeUp: () => boolean,
): Promise<readonly Quarter[]> {
  const asOf = instantOf(millisecondsOf(clock()) - settlingMilliseconds);
  const open = await openQuarters(table, asOf);
  if (open.length === 0) return [];

  const addTo = async (id: string, quarters: readonly Open[]): Promise<void> => {
    if (isTimeUp()) return;
    const [contract, settlements] = await Promise.all([readContract(table, id), readSettlements(table, id)]);
    if (contract === undefined) throw new Error(`${id} is listed, and not there`);
    const source = { contract, settlements, terms: await reader.standardTerms(contract) };
    for (const { quarter, contributions } of quarters) {
      const contribution = contributionOf(source, quarter, asOf);
      if (contribution !== undefined) contributions.push(contribution);
    }
  };
  for (const shard of shards)
    for await (const page of contractTermsOfShard(table, shard)) {
      const concerned = page.flatMap((terms) => {
        const quarters = open.filter(
          ({ product, quarter }) => product === terms.product && firstQuarterOf(terms) <= quarter,
        );
        return quarters.length === 0 ? [] : [{ id: terms.id, quarters }];
      });
      await concurrently(concerned, settings.concurrency, ({ id, quarters }) => addTo(id, quarters));
      if (isTimeUp()) return [];
    }

  const organisations = await readAllAt(table, 'organisation', asOf);
  const groups = new Map(organisations.map((each) => [each.id, groupOf(each.id, each)]));
  const published: Quarter[] = [];
  for (const { product, quarter, contributions } of open) {
    // What this run has settled is in the next one's figures; what cannot be settled is waited for, but not for ever.
    const isPatient = dateOf(asOf) < publishedAtLatest(quarter);
    if (
      contributions.some(({ settlement }) => settlement === 'since' || (settlement === 'open' && isPatient))
    )
      continue;
    const outcome = outcomeOf(quarter, asOf, contributions, groups);
    if ((await table.transact([publishOutcome(product, outcome)])).done) published.push(quarter);
  }
  return published;
}

/** Quarters for which anything was contracted, whose day has come. */
async function openQuarters(table: Table, asOf: Instant): Promise<Open[]> {
  const products = await readAll(table, 'product');
  const found = await Promise.all(
    products.map(async (product) => {
      const [use, outcomes] = await Promise.all([
        readOriginUse(table, product),
        readOutcomes(table, product.id),
      ]);
      const published = new Set(outcomes.map(({ quarter }) => quarter));
      return [...new Set(use.map(({ quarter }) => quarter))]
        .filter((quarter) => !published.has(quarter) && publishedFrom(quarter) <= dateOf(asOf))
        .map((quarter): Open => ({ product: product.id, quarter, contributions: [] }));
    }),
  );
  return found.flat();
}
