import { stateOf } from '../../../shared/contracts/life.ts';
import { derivedId } from '../../../shared/kernel/derived-id.ts';
import { canonicalJson } from '../../../shared/kernel/digest.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { dateOf } from '../../../shared/kernel/time.ts';
import type { Product } from '../../../shared/reference/product.ts';
import { lotOfDelivery } from '../../../shared/store/stockpiles/stock-contracts.ts';
import { concludedSteps, expectedSteps, saleStep } from '../../../shared/stockpiles/contract-stock.ts';
import { freeOf } from '../../../shared/stockpiles/lots.ts';
import { balancesOf, changesOf } from '../../../shared/stockpiles/movement.ts';
import type { StockBalances } from '../../../shared/stockpiles/stock-account.ts';
import { insideAccounts, noStock } from '../../../shared/stockpiles/stock-account.ts';
import type { StockLot } from '../../../shared/stockpiles/stock-lot.ts';
import { stepsOfLots, wholeSteps } from '../../../shared/stockpiles/steps.ts';
import type { AuditedContract, AuditedOrder, Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';
import { termsOf } from './settlements.ts';

/** The ledger of mass: what every stockpile has, by its movements, by its lots, and by its contracts. */
export function* checkStock(evidence: Evidence, at: Instant): Generator<Finding> {
  yield* movements(evidence);
  const lots = Map.groupBy(
    evidence.stockLots.values(),
    ({ stockpile, product }) => `${stockpile}|${product}`,
  );
  const moved = Map.groupBy(evidence.movements, ({ stockpile, product }) => `${stockpile}|${product}`);
  const onTheirWay = inTransitByBooks(evidence);
  for (const place of new Set([...evidence.stock.keys(), ...lots.keys(), ...moved.keys()])) {
    const [stockpile = '', product = ''] = place.split('|');
    const known = evidence.product(product);
    if (known === undefined) {
      yield finding('unreadable', `STOCKPILE#${stockpile}`, `there is no product ${product}`);
      continue;
    }
    const stock = evidence.stock.get(place) ?? { balances: noStock, movements: 0n };
    const subject = `STOCKPILE#${stockpile} ${product}`;
    const own = moved.get(place) ?? [];
    yield* differences('stock_balances', subject, stock.balances, balancesOf(own, known));
    if (stock.movements !== BigInt(own.length))
      yield finding('stock_balances', subject, `${stock.movements} movements counted, ${own.length} there`);
    const { 'in-transit': inTransit, entitled } = stock.balances;
    const lying = inLots(lots.get(place) ?? [], known);
    // What members are entitled to lies in no lot in particular; what is on its way, in none at all.
    yield* differences('stock_lots', subject, stock.balances, {
      ...lying,
      free: lying.free - entitled,
      entitled,
      'in-transit': inTransit,
    });
    const booked = onTheirWay.get(place) ?? 0n;
    if (booked !== inTransit)
      yield finding('stock_contracts', subject, `${inTransit} in transit, ${booked} by contracts`);
  }
  const offersOf = Map.groupBy(evidence.orders.values(), ({ stockLot }) => stockLot);
  const contractsOf = Map.groupBy(evidence.contracts.values(), ({ stockLot }) => stockLot);
  for (const lot of evidence.stockLots.values())
    yield* claims(evidence, lot, offersOf.get(lot.id) ?? [], contractsOf.get(lot.id) ?? []);
  for (const contract of evidence.contracts.values()) yield* books(evidence, contract, at);
}

function* differences(
  check: 'stock_balances' | 'stock_lots',
  subject: string,
  stated: StockBalances,
  computed: StockBalances,
): Generator<Finding> {
  for (const account of insideAccounts)
    if (stated[account] !== computed[account] || stated[account] < 0n)
      yield finding(check, subject, `${account}: ${stated[account]} stated, ${computed[account]} found`);
}

function* movements(evidence: Evidence): Generator<Finding> {
  for (const { key, movement } of evidence.movementItems) {
    const { id, kind, stockpile, cause, lot, at } = movement;
    const product = evidence.product(movement.product);
    if (product === undefined) continue;
    const sum = Object.values(changesOf(movement, product)).reduce((all, change) => all + change, 0n);
    const derived = derivedId(
      'movement',
      at,
      canonicalJson([stockpile, product.id, kind, cause, lot ?? null]),
    );
    if (sum !== 0n) yield finding('stock_movements', key, 'debits and credits differ');
    if (id !== derived || key !== `STOCKPILE#${stockpile} MOVEMENT#${id}`)
      yield finding('stock_movements', key, 'its id does not follow from its cause');
  }
}

/** What the lots of one stockpile and product have on each account. */
function inLots(lots: readonly StockLot[], product: Product): Record<'free' | 'encumbered' | 'lent', bigint> {
  const sums = { free: 0n, encumbered: 0n, lent: 0n };
  for (const lot of lots) {
    if (lot.status !== 'held') continue;
    const free = freeOf(lot, product);
    const lent = wholeSteps(lot.lent, product);
    sums.free += free;
    sums.lent += lent;
    sums.encumbered += wholeSteps(lot.quantity, product) - free - lent;
  }
  return sums;
}

/** Steps in transit by stockpile and product, as the books of contracts say. */
function inTransitByBooks({ contractBooks, contracts }: Evidence): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const [place, { inTransit }] of contractBooks) {
    const [of = '', contract = ''] = place.split('|');
    const key = `${of}|${contracts.get(contract)?.product ?? ''}`;
    sums.set(key, (sums.get(key) ?? 0n) + inTransit);
  }
  return sums;
}

/** An offer holds of its lot what it may still sell, and what its contracts have not delivered. */
function* claims(
  evidence: Evidence,
  lot: StockLot,
  offers: readonly AuditedOrder[],
  contracts: readonly AuditedContract[],
): Generator<Finding> {
  const product = evidence.product(lot.product);
  if (product === undefined) return;
  const wanted = new Map<string, bigint>();
  const add = (offer: string, steps: bigint): void => {
    if (steps !== 0n) wanted.set(offer, (wanted.get(offer) ?? 0n) + steps);
  };
  for (const { id, state } of offers) {
    if (state.status === 'withdrawn' || evidence.released.has(id)) continue;
    add(
      id,
      stepsOfLots(
        Object.values(state.remaining).reduce((sum, count) => sum + count, 0n),
        product,
      ),
    );
  }
  for (const contract of contracts)
    add(
      contract.offer,
      evidence.contractBooks.get(`${lot.id}|${contract.id}`)?.held ??
        concludedSteps(contract.schedule, product),
    );
  const stated = new Map(
    lot.encumbrances
      .filter(({ kind }) => kind === 'offer')
      .map(({ by, quantity }) => [by, wholeSteps(quantity, product)]),
  );
  for (const offer of new Set([...wanted.keys(), ...stated.keys()]))
    if (wanted.get(offer) !== stated.get(offer))
      yield finding(
        'stock_claims',
        `LOT#${lot.id}`,
        `${offer} holds ${stated.get(offer) ?? 0n} steps of it, and should ${wanted.get(offer) ?? 0n}`,
      );
}

/** What the books say of a contract is what its events have come to, unless somebody is still to look at it. */
function* books(evidence: Evidence, contract: AuditedContract, at: Instant): Generator<Finding> {
  const { gsi3sk } = contract.item;
  if (typeof gsi3sk === 'string' && gsi3sk <= `${dateOf(at)}~`) return;
  const product = evidence.product(contract.product);
  if (product === undefined) return;
  const subject = `CONTRACT#${contract.id}`;
  const state = stateOf(contract, termsOf(evidence, contract));
  const stockpile = evidence.orders.get(contract.bid)?.stockpile;
  if (stockpile !== undefined) {
    const book = evidence.contractBooks.get(`${stockpile}|${contract.id}`);
    const { inTransit = 0n, received = 0n } = book ?? {};
    const lots = state.deliveries.flatMap(({ id }) => {
      const accepted = contract.events.find(
        (event) => event.type === 'delivery_accepted' && event.delivery === id,
      );
      return (accepted && evidence.stockLots.get(lotOfDelivery(id, accepted.at))?.source) ?? [];
    });
    const inLots = lots.reduce(
      (sum, source) => (source.kind === 'delivery' ? sum + wholeSteps(source.quantity, product) : sum),
      0n,
    );
    const expected = expectedSteps(state, product);
    if (received !== inLots)
      yield finding('stock_contracts', subject, `${received} steps received, ${inLots} by its lots`);
    if (inTransit !== (expected > received ? expected - received : 0n))
      yield finding('stock_contracts', subject, `${inTransit} steps in transit, of ${expected} expected`);
  }
  if (contract.stockLot !== undefined) {
    const lot = evidence.stockLots.get(contract.stockLot);
    const book = evidence.contractBooks.get(`${contract.stockLot}|${contract.id}`);
    const booked = book ?? { delivered: 0n, held: concludedSteps(contract.schedule, product) };
    const step = saleStep(booked, state, product, lot === undefined ? 0n : freeOf(lot, product));
    if (step !== undefined)
      yield finding(
        'stock_contracts',
        subject,
        `${step.delivered} steps more were delivered than are booked`,
      );
  }
}
