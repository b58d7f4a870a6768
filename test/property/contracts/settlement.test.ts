import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventBody } from '../../../shared/contracts/contract-events.ts';
import { withEvents } from '../../../shared/contracts/chain.ts';
import type { Contract } from '../../../shared/contracts/contract.ts';
import { stateOf } from '../../../shared/contracts/life.ts';
import { valueOf } from '../../../shared/contracts/settlement/goods.ts';
import { clearedPrices } from '../../../shared/contracts/settlement/cleared-prices.ts';
import type { QuarterSettlement } from '../../../shared/contracts/settlement/settlement.ts';
import { settleQuarter } from '../../../shared/contracts/settlement/settle-quarter.ts';
import { termsOf, aContract, dlv } from '../../support/contracts.ts';
import type { Decimal } from '../../../shared/kernel/decimal.ts';
import { minorUnits, signedUnits } from '../../../shared/ledger/posting.ts';
import { runs } from '../../support/runs.ts';

const accounts = {
  seller: 'mine',
  buyer: 'maker',
  destination: 'DE',
  zone: 'partners',
  programme: 'prg_one',
};
const quarter = '2027-Q1';
const grams = (units: number) => ({ amount: { units: BigInt(units), scale: 6 }, unit: 't' as const });

/** Unit prices to the cent, any part of which may be nothing. */
const prices = fc.record({
  price: fc.bigInt(1n, 10n ** 7n),
  duties: fc.bigInt(0n, 10n ** 5n),
  levy: fc.bigInt(0n, 10n ** 6n),
  support: fc.bigInt(0n, 10n ** 4n),
});
const cents = (units: bigint): Decimal => ({ units, scale: 2 });

const priced = (of: { price: bigint; duties: bigint; levy: bigint; support: bigint }): Contract => {
  // More than can be delivered here: all of it is supported.
  const contract = aContract({ '2027-Q1': '1000' });
  const landed = cents(of.price + of.duties + of.levy);
  return {
    ...contract,
    schedule: contract.schedule.map((entry) => ({
      ...entry,
      price: { ...entry.price, amount: cents(of.price) },
      landedPrice: { ...entry.price, amount: landed },
      waterfall: {
        ...entry.waterfall,
        ...{ duties: cents(of.duties), levy: cents(of.levy), support: cents(of.support), landed },
      },
    })),
  };
};

/** What happens to deliveries, in any order, with a look at the quarter after each. */
const act = fc.oneof(
  fc.record({
    kind: fc.constant('receive' as const),
    name: fc.nat(3),
    amount: fc.integer({ min: 1, max: 5e7 }),
  }),
  fc.record({
    kind: fc.constant('accept' as const),
    name: fc.nat(3),
    amount: fc.integer({ min: 1, max: 5e7 }),
  }),
  fc.record({ kind: fc.constant('reject' as const), name: fc.nat(3), amount: fc.constant(0) }),
  fc.record({
    kind: fc.constant('correct' as const),
    name: fc.nat(3),
    amount: fc.integer({ min: 1, max: 5e7 }),
  }),
);
type Act = typeof act extends fc.Arbitrary<infer A> ? A : never;

/** The events of an act, where the contract's rules would allow it. */
function eventsOf({ kind, name, amount }: Act, contract: Contract): EventBody[] {
  const delivery = dlv(`D${name}`);
  const at = '2027-03-01T00:00:00.000Z';
  const types = new Set(
    contract.events.flatMap((event) =>
      'delivery' in event && event.delivery === delivery ? [event.type] : [],
    ),
  );
  const isOpen =
    types.has('delivery_received') && !types.has('delivery_accepted') && !types.has('delivery_rejected');
  const quantity = grams(amount);
  if (kind === 'receive' && types.size === 0)
    return [
      {
        type: 'delivery_noticed',
        at,
        delivery,
        quantity,
        notice: { quarter, quantity, shippedOn: '2027-02-01' },
      },
      { type: 'delivery_received', at, delivery, quantity, receipt: { receivedOn: '2027-02-10', quantity } },
    ];
  if (kind === 'accept' && isOpen)
    return [{ type: 'delivery_accepted', at, delivery, finalQuantity: quantity }];
  if (kind === 'reject' && isOpen)
    return [{ type: 'delivery_rejected', at, delivery, ground: 'agreed', reason: 'x' }];
  if (kind === 'correct' && types.has('delivery_accepted'))
    return [{ type: 'delivery_corrected', at, delivery, finalQuantity: quantity, reason: 'x' }];
  return [];
}

interface Look {
  readonly act: Act;
  readonly day: string;
}
const look: fc.Arbitrary<Look> = fc.record({
  act,
  day: fc.constantFrom('2027-02-15', '2027-03-31', '2027-04-01', '2027-05-20'),
});

/** Looks at the quarter after each act, days in order, and once more at the very end. */
function lived(contract: Contract, looks: readonly Look[], share: string | undefined) {
  const terms = termsOf(share === undefined ? {} : { provisionalShare: share });
  const settlements: QuarterSettlement[] = [];
  let now = contract;
  const days = looks.map(({ day }) => day).sort();
  const settle = (day: string): void => {
    const state = stateOf(now, terms);
    const unit = clearedPrices(now, quarter);
    const at = `${day}T00:00:00.000Z`;
    const settled = settleQuarter({
      contract: now,
      state,
      quarter,
      unit,
      accounts,
      earlier: settlements,
      at,
    });
    if (settled === undefined) return;
    const { settlement } = settled;
    settlements.push(settlement);
    if (settlement.kind === 'delivery')
      now = withEvents(now, [
        { type: 'quarter_settled', at, quarter, sequence: settlement.sequence, settlement: settlement.id },
      ]);
  };
  for (const [index, { act: next }] of looks.entries()) {
    now = withEvents(now, eventsOf(next, now));
    settle(days[index]!);
  }
  settle('2027-06-01');
  return { state: stateOf(now, terms), settlements, settle };
}

const share = fc.constantFrom(undefined, '0.80', '0.95');

describe('whatever happens to the deliveries of a quarter, and whenever it is looked at', () => {
  it('what was posted adds up to what was accepted, to the cent, and to nothing over all accounts', () => {
    fc.assert(
      fc.property(prices, fc.array(look, { maxLength: 12 }), share, (of, looks, part) => {
        const contract = priced(of);
        const { state, settlements } = lived(contract, looks, part);
        const accepted = state.deliveries.filter(({ status }) => status === 'accepted');
        const unit = clearedPrices(contract, quarter);
        const value = (price: Decimal) =>
          accepted.reduce((sum, { finalQuantity }) => sum + valueOf(price, finalQuantity!.amount, 'USD'), 0n);
        const posted = new Map<string, bigint>();
        for (const { postings } of settlements)
          for (const each of postings)
            posted.set(each.account, (posted.get(each.account) ?? 0n) + signedUnits(each));
        expect([...posted.values()].reduce((sum, each) => sum + each, 0n)).toBe(0n);
        // What is received and undecided may have been paid for in part: then buyer and seller alike.
        const pending = settlements.at(-1)?.lines.filter(({ basis }) => basis === 'provisional') ?? [];
        const inPart = pending.reduce((sum, { goods }) => sum + minorUnits(goods), 0n);
        const landed = value(unit.landed.amount);
        const support = value(unit.support);
        expect(posted.get('organisation:maker') ?? 0n).toBe(-(landed - support + inPart));
        expect(posted.get('programme:prg_one') ?? 0n).toBe(-support);
        const received = ['organisation:mine', 'duties:DE', 'levy:partners'].map(
          (each) => posted.get(each) ?? 0n,
        );
        expect(received.reduce((sum, each) => sum + each, 0n)).toBe(landed + inPart);
        // Nobody's share is further from its own value than a cent a delivery.
        const cent = BigInt(accepted.length);
        for (const [index, price] of [unit.price.amount, unit.duties, unit.levy].entries()) {
          const off = received[index]! - (index === 0 ? inPart : 0n) - value(price);
          expect(off >= -cent && off <= cent, String(off)).toBe(true);
        }
      }),
      { numRuns: runs(400) },
    );
  });

  it('numbers follow one another, and a second look posts nothing', () => {
    fc.assert(
      fc.property(prices, fc.array(look, { maxLength: 8 }), share, (of, looks, part) => {
        const { settlements, settle } = lived(priced(of), looks, part);
        for (const kind of ['provisional', 'delivery'] as const) {
          const numbers = settlements.filter((each) => each.kind === kind).map(({ sequence }) => sequence);
          expect(numbers).toEqual(numbers.map((_, index) => index + 1));
        }
        const before = settlements.length;
        settle('2027-06-02');
        settle('2028-01-01');
        expect(settlements).toHaveLength(before);
        expect(new Set(settlements.map(({ id }) => id)).size).toBe(before);
      }),
      { numRuns: runs(300) },
    );
  });
});
