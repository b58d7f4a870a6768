import { minus, most, zero } from '../../kernel/arithmetic.ts';
import type { Contract } from '../../contracts/contract.ts';
import type { Delivery } from '../../contracts/delivery.ts';
import { stateOf } from '../../contracts/life.ts';
import type { Price } from '../../kernel/money.ts';
import { fieldProblem, problem } from '../../kernel/problem.ts';
import { fail, ok } from '../../kernel/result.ts';
import { dateOf } from '../../kernel/time.ts';
import { nextVersion } from '../../kernel/version.ts';
import { sourceOf } from '../../orders/offer.ts';
import { puritySchema } from '../../orders/order.ts';
import type { ReceiptTerms, StockLot } from '../../stockpiles/stock-lot.ts';
import { massOfSteps, wholeSteps } from '../../stockpiles/steps.ts';
import { productRules } from '../../stockpiles/stockpile.ts';
import type { Act } from '../table/act.ts';
import { readContract } from '../contracts/contracts.ts';
import type { Plan } from '../table/effect.ts';
import { keys } from '../table/keys.ts';
import { productOf } from '../reference/reference.ts';
import { readSource } from '../sites/sources.ts';
import { readStandardTerms } from '../reference/standard-terms.ts';
import { contractBook, lotOfDelivery, putBook, stockpileOf } from './stock-contracts.ts';
import { putLot, readStockLot } from './stock-lots.ts';
import { moveStock } from './stock-movements.ts';
import { ownStockpile } from './stockpiles.ts';
import type { Table } from '../table/table.ts';
import { headAction } from '../table/versioned.ts';
import { stockLotSeries } from './stock-lots.ts';

const received = problem('invalid_state', 'The delivery has been taken into stock already.');

/**
 * Takes an accepted delivery into the caller's stockpile: what was on its way lies there now. Once for each delivery, since
 * the lot's id follows from it. Errors: not_found, invalid_state, unknown_reference.
 */
export const receiveDelivery =
  (table: Table, act: Act, stockpileId: string, terms: ReceiptTerms): Plan<StockLot> =>
  async () => {
    const stockpile = await ownStockpile(table, act.organisation, stockpileId);
    if (!stockpile.ok) return stockpile;
    const contract = await readContract(table, terms.contract);
    if (contract?.buyer !== act.organisation)
      return fail(fieldProblem('unknown_reference', '/contract', 'You buy under no such contract.'));
    const product = await productOf(table, contract.product);
    const boughtFor = await stockpileOf(table, contract);
    if (boughtFor !== undefined && boughtFor !== stockpileId)
      return fail(fieldProblem('invalid_state', '/contract', 'It was bought for another stockpile.'));
    if (boughtFor === undefined && productRules(stockpile.value, product.id, dateOf(act.at)) === undefined)
      return fail(fieldProblem('unknown_reference', '/contract', 'The stockpile holds no such product.'));
    const state = stateOf(contract, await readStandardTerms(table, contract));
    const delivery = state.deliveries.find(({ id }) => id === terms.delivery);
    if (delivery === undefined)
      return fail(fieldProblem('unknown_reference', '/delivery', 'The contract has no such delivery.'));
    if (delivery.status !== 'accepted' || delivery.finalQuantity === undefined)
      return fail(problem('invalid_state', `The delivery is ${delivery.status}: accept it first.`));
    const accepted = contract.events.find(
      (event) => event.type === 'delivery_accepted' && event.delivery === delivery.id,
    )!;
    const id = lotOfDelivery(delivery.id, accepted.at);
    if ((await readStockLot(table, id)) !== undefined) return fail(received);
    const key = keys.stockpileContract(stockpileId, contract.id);
    const [book, material] = await Promise.all([
      table.get(key).then(contractBook),
      materialOf(table, contract, delivery),
    ]);
    const steps = wholeSteps(delivery.finalQuantity, product);
    const lot: StockLot = {
      ...{ id, stockpile: stockpileId, product: product.id, quantity: massOfSteps(steps, product) },
      ...material,
      ...{ location: terms.location, owner: act.organisation, inventoryPrice: paidFor(contract, delivery) },
      ...{ encumbrances: [], lent: massOfSteps(0n, product), status: 'held', receivedAt: act.at },
      ...(terms.shelfLifeEnds === undefined ? {} : { shelfLifeEnds: terms.shelfLifeEnds }),
      source: {
        ...{ kind: 'delivery', contract: contract.id, delivery: delivery.id },
        quantity: massOfSteps(steps, product),
      },
      ...nextVersion(undefined, act),
    };
    const inTransit = book?.inTransit ?? 0n;
    const arrived = steps < inTransit ? steps : inTransit;
    return ok({
      actions: [
        ...putLot(lot),
        putBook(key, book, {
          inTransit: inTransit - arrived,
          received: (book?.received ?? 0n) + steps,
        }),
        ...moveStock({
          ...{ kind: 'RECEIPT', stockpile: stockpileId, product, lot: id, at: act.at },
          cause: { of: 'delivery', id: delivery.id, sequence: 1 },
          changes: { 'in-transit': -arrived, supplied: arrived - steps, free: steps },
        }),
      ],
      value: lot,
      refused: ({ action }) => (action === headAction(stockLotSeries) ? received : 'again'),
    });
  };

/** What the material is: as it was offered, with the certificates that counted when it was shipped. */
async function materialOf(table: Table, contract: Contract, { notice: { shippedOn } }: Delivery) {
  const [source, offer] = await Promise.all([
    readSource(table, sourceOf(contract)),
    table.get(keys.order(contract.offer)),
  ]);
  if (source === undefined) throw new Error(`${contract.id} is of a source that does not exist`);
  const purity = (offer?.['body'] as { purity?: string } | undefined)?.purity;
  const counted = source.certificates.filter(
    ({ status, validFrom, validTo }) => status === 'active' && validFrom <= shippedOn && shippedOn <= validTo,
  );
  const lot = contract.stockLot === undefined ? undefined : await readStockLot(table, contract.stockLot);
  const site = contract.site ?? lot?.site;
  return {
    ...(purity === undefined ? {} : { purity: puritySchema.parse(purity) }),
    origin: contract.origin,
    ...(site === undefined ? {} : { site }),
    certificates: counted.map(({ id }) => id),
    verified: source.site.verified,
  };
}

/** What a unit cost its buyer, landed, less what a programme paid, as contracted for the quarter. */
function paidFor({ schedule }: Contract, { quarter }: Delivery): Price {
  const entry = schedule.find((each) => each.quarter === quarter) ?? schedule[0]!;
  return {
    ...entry.landedPrice,
    amount: most(minus(entry.landedPrice.amount, entry.waterfall.support), zero),
  };
}
