import * as z from 'zod';
import type { Contract } from '../../../shared/contracts/contract.ts';
import { stateOf } from '../../../shared/contracts/life.ts';
import { clearedPrices } from '../../../shared/contracts/settlement/cleared-prices.ts';
import type { GoodsAccounts } from '../../../shared/contracts/settlement/goods.ts';
import { indexedPrices, settlementWindow } from '../../../shared/contracts/settlement/indexed-prices.ts';
import type {
  QuarterSettlement,
  Settlement,
  UnitPrices,
} from '../../../shared/contracts/settlement/settlement.ts';
import { settlementSchema, unitPricesSchema } from '../../../shared/contracts/settlement/settlement.ts';
import { settleQuarter } from '../../../shared/contracts/settlement/settle-quarter.ts';
import { settleYear } from '../../../shared/contracts/settlement/settle-year.ts';
import type { StandardTerms, StandardTermsTerms } from '../../../shared/contracts/standard-terms.ts';
import { plainTerms } from '../../../shared/contracts/standard-terms.ts';
import { canonicalJson } from '../../../shared/kernel/digest.ts';
import type { Floor } from '../../../shared/pricing/floor.ts';
import { without } from '../../../shared/kernel/without.ts';
import { postingSchema } from '../../../shared/ledger/entry.ts';
import { fixingSchema } from '../../../shared/pricing/reference-price.ts';
import { clausesOf } from '../../../shared/store/reference/standard-terms.ts';
import type { AuditedContract, Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';

/** Settlements: computed again from the contract as it stood then, held against the ledger and against the chain. */
export function* checkSettlements(evidence: Evidence): Generator<Finding> {
  const entries = new Map(evidence.entries.map((entry) => [entry.id, entry]));
  const claimed = new Set<string>();
  for (const [id, settlements] of evidence.settlements) {
    const contract = evidence.contracts.get(id);
    if (contract === undefined) {
      yield finding('settlement_amounts', `SETTLEMENT#${id}`, 'there is no such contract');
      continue;
    }
    for (const settlement of settlements) {
      const computed = computedAgain(evidence, contract, settlement, settlements);
      if (computed !== textOf(settlement))
        yield finding(
          'settlement_amounts',
          `SETTLEMENT#${id}`,
          `${settlement.id} of ${settlement.quarter} is not what its contract comes to`,
        );
      const posted = settlement.entries.flatMap((entry) => entries.get(entry)?.postings ?? []);
      if (postingsText(posted) !== postingsText(settlement.postings))
        yield finding(
          'settlement_entries',
          `SETTLEMENT#${id}`,
          `${settlement.id} says something else than its entries`,
        );
      for (const entry of settlement.entries) claimed.add(entry);
    }
    yield* events(contract, settlements);
  }
  for (const contract of evidence.contracts.values())
    if (!evidence.settlements.has(contract.id)) yield* events(contract, []);
  for (const { id, cause } of evidence.entries)
    if ('contract' in cause && !claimed.has(id))
      yield finding('settlement_entries', `LEDGER#${id}`, 'no settlement posted it');
}

const textOf = (settlement: Settlement | undefined): string =>
  settlement === undefined ? '' : canonicalJson(z.encode(settlementSchema, settlement));

const postingsText = (postings: Settlement['postings']): string =>
  canonicalJson(z.encode(z.array(postingSchema), postings));

/** Events that do not fit together cannot be computed with: whatever they came to, it is not this. */
function computedAgain(...of: Parameters<typeof again>): string {
  try {
    return again(...of);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What the same look at the same events comes to; nothing where it would have settled nothing. */
function again(
  evidence: Evidence,
  audited: AuditedContract,
  settlement: Settlement,
  all: readonly Settlement[],
): string {
  const whole = without(audited, 'item');
  const contract: Contract = { ...whole, events: whole.events.slice(0, settlement.events) };
  const standardTerms = termsOf(evidence, contract);
  const state = stateOf(contract, standardTerms);
  const at = settlement.settledAt;
  const earlier = all
    .filter((each) => each !== settlement && isBefore(each, settlement))
    .toSorted((a, b) => a.sequence - b.sequence);
  if (settlement.kind === 'year') {
    const { year } = settlement;
    const containedFactor = evidence.product(contract.product)?.containedFactor;
    return textOf(
      settleYear({ contract, state, standardTerms, year, earlier, containedFactor, at })?.settlement,
    );
  }
  const { quarter, unit } = settlement;
  if (!isRightPrice(evidence, contract, settlement)) return 'at another price';
  const accounts = accountsOf(evidence, contract);
  return textOf(settleQuarter({ contract, state, quarter, unit, accounts, earlier, at })?.settlement);
}

/** What a chain holds tells the order; what leaves no event (provisional payment) came before what has as many. */
const isBefore = (a: Settlement, b: Settlement): boolean =>
  a.events < b.events || (a.events === b.events && a.kind === 'provisional' && a.settledAt <= b.settledAt);

/** As it was cleared, until it is settled; then, where the contract is indexed, by a figure that is frozen as it says. */
function isRightPrice(
  evidence: Evidence,
  contract: Contract,
  { quarter, unit, kind }: QuarterSettlement,
): boolean {
  const same = (other: UnitPrices | undefined): boolean =>
    other !== undefined &&
    canonicalJson(z.encode(unitPricesSchema, unit)) === canonicalJson(z.encode(unitPricesSchema, other));
  if (contract.priceTerms === undefined || kind === 'provisional')
    return same(clearedPrices(contract, quarter));
  const { fixing } = unit;
  const product = evidence.product(contract.product);
  if (fixing === undefined || product === undefined) return false;
  const window = settlementWindow(quarter, termsOf(evidence, contract));
  const priced = indexedPrices(contract, quarter, fixing, product);
  return (
    fixing.series === contract.priceTerms.reference &&
    fixing.window.from === window.from &&
    fixing.window.to === window.to &&
    evidence.fixings.has(canonicalJson(z.encode(fixingSchema, fixing))) &&
    priced.ok &&
    same(priced.value)
  );
}

/** The standard terms that a contract keeps, from the table's own versions. */
export function termsOf(evidence: Evidence, { product, standardTerms }: Contract): StandardTermsTerms {
  const version = standardTerms ?? undefined;
  if (version === undefined) return plainTerms;
  const versions = evidence.references.get(`terms ${product}`)?.versions as
    readonly StandardTerms[] | undefined;
  const record = versions?.find((each) => each.version === version);
  if (record === undefined) throw new Error(`there is no version ${version} of the terms of ${product}`);
  return clausesOf(record);
}

function accountsOf(
  evidence: Evidence,
  { seller, buyer, destination, programme, floor }: Contract,
): GoodsAccounts {
  const record = evidence.references.get(`floor ${floor?.id ?? ''}`)?.head as Floor | undefined;
  return { seller, buyer, destination, programme, zone: record?.zone };
}

function* events(contract: AuditedContract, settlements: readonly Settlement[]): Generator<Finding> {
  const chained = contract.events.flatMap((event) =>
    event.type === 'quarter_settled' || event.type === 'year_settled' ? [event.settlement] : [],
  );
  const stored = settlements.filter(({ kind }) => kind !== 'provisional').map(({ id }) => id);
  const subject = `CONTRACT#${contract.id}`;
  for (const id of chained)
    if (!stored.includes(id)) yield finding('settlement_events', subject, `${id} is in its chain alone`);
  for (const id of stored)
    if (!chained.includes(id)) yield finding('settlement_events', subject, `${id} is not in its chain`);
}
