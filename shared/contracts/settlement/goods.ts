import { atScale, least, times } from '../../kernel/arithmetic.ts';
import type { Decimal } from '../../kernel/decimal.ts';
import { tenTo } from '../../kernel/decimal.ts';
import type { Currency } from '../../kernel/money.ts';
import { digitsOf, moneyOf } from '../../kernel/money.ts';
import { splitByLargestRemainder } from '../../kernel/split.ts';
import type { Account } from '../../ledger/entry.ts';
import { accounts } from '../../ledger/account.ts';
import type { Movement } from '../../ledger/posting.ts';
import { minorUnits } from '../../ledger/posting.ts';
import type { Delivery } from '../delivery.ts';
import { gradeAdjusted } from '../grade.ts';
import type { StandardTermsTerms } from '../standard-terms.ts';
import type { ContractState } from '../state.ts';
import type { DeliveryLine, UnitPrices } from './settlement.ts';

/** Minor units that goods come to: the buyer pays goods + duties + levy − support. */
export interface Goods {
  readonly goods: bigint;
  readonly duties: bigint;
  readonly levy: bigint;
  readonly support: bigint;
}
const noGoods: Goods = { goods: 0n, duties: 0n, levy: 0n, support: 0n };

const each = (of: (part: keyof Goods) => bigint): Goods => ({
  ...{ goods: of('goods'), duties: of('duties'), levy: of('levy'), support: of('support') },
});
export const sumOfGoods = (all: Iterable<Goods>): Goods =>
  [...all].reduce((sum, one) => each((part) => sum[part] + one[part]), noGoods);
export const lessGoods = (a: Goods, b: Goods): Goods => each((part) => a[part] - b[part]);
export const buyerPays = ({ goods, duties, levy, support }: Goods): bigint => goods + duties + levy - support;

/** Whose accounts a contract's goods move. */
export interface GoodsAccounts {
  readonly seller: string;
  readonly buyer: string;
  readonly destination: string;
  /** Of the contract's floor; none where there is no levy. */
  readonly zone?: string | undefined;
  /** That supports the contract; none where nothing is supported. */
  readonly programme?: string | undefined;
}

/** In balance by construction. Throws where something is owed to nobody. */
export function goodsMovements(amounts: Goods, parties: GoodsAccounts): Movement[] {
  const to = (account: Account | undefined, amount: bigint): Movement[] => {
    if (amount === 0n) return [];
    if (account === undefined) throw new Error('an amount that belongs to no account');
    return [{ account, amount }];
  };
  const { zone, programme } = parties;
  return [
    ...to(accounts.organisation(parties.buyer), -buyerPays(amounts)),
    ...to(accounts.organisation(parties.seller), amounts.goods),
    ...to(accounts.duties(parties.destination), amounts.duties),
    ...to(zone === undefined ? undefined : accounts.levy(zone), amounts.levy),
    ...to(programme === undefined ? undefined : accounts.programme(programme), -amounts.support),
  ];
}

/** Minor units of a price per unit times a quantity, rounded down: nobody pays for a fraction of a cent. */
export function valueOf(price: Decimal, quantity: Decimal, currency: Currency): bigint {
  const digits = digitsOf(currency);
  const { units, scale } = atScale(times(price, quantity), digits, 'down');
  return units * tenTo(digits - scale);
}

/**
 * What a delivery comes to. Of its landed value, rounded down, price, duties and levy have their shares by largest
 * remainder, so that the buyer never pays more than the landed price and no cent is lost between them. What the assay
 * changes is between buyer and seller: duties and levy stand as they are for the quarter's price.
 *
 * @param supported how much of it the contract's programme supports at most.
 */
export function finalLine(
  delivery: Delivery,
  unit: UnitPrices,
  state: ContractState,
  supported: Decimal,
): DeliveryLine {
  const { amount: quantity, unit: of } = delivery.finalQuantity ?? delivery.provisionalQuantity;
  const { currency } = unit.price;
  const landed = valueOf(unit.landed.amount, quantity, currency);
  const [base = 0n, duties = 0n, levy = 0n] = inProportion(landed, [
    unit.price.amount,
    unit.duties,
    unit.levy,
  ]);
  const price = priceFound(delivery, unit, state.terms);
  const adjusted = price === unit.price.amount ? base : valueOf(price, quantity, currency);
  const credit = makeUpCredit(delivery, price, state, currency);
  return {
    ...{ delivery: delivery.id, basis: 'final', quantity: { amount: quantity, unit: of }, price },
    goods: moneyOf(adjusted - credit, currency),
    duties: moneyOf(duties, currency),
    levy: moneyOf(levy, currency),
    support: moneyOf(valueOf(unit.support, least(quantity, supported), currency), currency),
    ...(credit === 0n ? {} : { makeUpCredit: moneyOf(credit, currency) }),
  };
}

const inProportion = (total: bigint, parts: readonly Decimal[]): bigint[] => {
  const scale = Math.max(...parts.map((part) => part.scale));
  const weights = parts.map((part) => part.units * tenTo(scale - part.scale));
  // Weights only: made large enough that they exceed what they share.
  return splitByLargestRemainder(
    total,
    weights.map((weight) => weight * (total + 1n)),
  );
};

function priceFound(delivery: Delivery, { price }: UnitPrices, { assay }: StandardTermsTerms): Decimal {
  const { settled } = delivery.assays;
  return assay === undefined || settled === undefined ? price.amount : gradeAdjusted(price, settled, assay);
}

/** What was paid for in an earlier year is paid again only as far as the price has risen since. */
function makeUpCredit(
  delivery: Delivery,
  price: Decimal,
  { makeUpDrawn }: ContractState,
  currency: Currency,
): bigint {
  const drawn = makeUpDrawn.get(delivery.id) ?? [];
  return drawn.reduce(
    (sum, { quantity, price: paid }) => sum + valueOf(least(price, paid.amount), quantity, currency),
    0n,
  );
}

/** The part of a delivery's value that is invoiced on receipt: of the goods alone, and make-up is paid already. */
export function provisionalLine(delivery: Delivery, unit: UnitPrices, share: Decimal): DeliveryLine {
  const { currency } = unit.price;
  const quantity = delivery.provisionalQuantity;
  const goods =
    delivery.notice.makeUp === true
      ? 0n
      : valueOf(times(unit.price.amount, share), quantity.amount, currency);
  const nothing = moneyOf(0n, currency);
  return {
    ...{ delivery: delivery.id, basis: 'provisional', quantity, price: unit.price.amount },
    goods: moneyOf(goods, currency),
    ...{ duties: nothing, levy: nothing, support: nothing },
  };
}

export const goodsOf = (line: Pick<DeliveryLine, keyof Goods>): Goods =>
  each((part) => minorUnits(line[part]));
