import { describe, expect, it } from 'vitest';
import { verify } from '../../../infra/verify/verify.ts';
import { contractsOf } from '../../../shared/clearing/documents/conclude.ts';
import { clearAndProve } from '../../../shared/clearing/documents/documents.ts';
import { agreementFor } from '../../../shared/clearing/support/agreements.ts';
import { must } from '../../../shared/kernel/result.ts';
import { without } from '../../../shared/kernel/without.ts';
import { formatDecimal } from '../../../shared/kernel/decimal.ts';
import { aMarket, price, type MarketBuilder } from '../../support/market.ts';

const usd = (amount: string) => ({ amount, currency: 'USD' as const });
const id = (prefix: string, name: string): string => `${prefix}_${name.padEnd(20, '0')}`;

/** Three mines and three bids over two quarters; the budget ends in the midst of them. */
const market = (left = '700.00'): MarketBuilder =>
  aMarket()
    .zone()
    .offer('cmine', 'AU', '100.00', { '2027-Q1': '10', '2027-Q2': '10' })
    .offer('amine', 'AU', '103.00', '10')
    .offer('bmine', 'CL', '104.00', { '2027-Q2': '6' })
    .bid('zmaker', 'DE', '95.00', { '2027-Q1': '4', '2027-Q2': '4' })
    .bid('xmaker', 'DE', '80.00', '12')
    .bid('ymaker', 'JP', '70.00', { '2027-Q2': '12' }, { maxOriginShare: '0.5' })
    .programme('gap', { left: usd(left) });
const proofOf = (built: MarketBuilder) => {
  const { proof, awards } = must(clearAndProve(built.snapshot()));
  return { proof, awards, verdict: verify(JSON.parse(JSON.stringify(proof))) };
};

const usual: [name: string, MarketBuilder][] = [
  ['a budget that ends in the midst', market()],
  ['a budget beyond what there is', market('100000.00')],
  ['no budget at all', market('0.00')],
  ['a cap on single awards', market().programme('more', { rank: 200, awardCap: usd('60.00') })],
  ['a narrow gap', market().programme('narrow', { rank: 1, maximumGap: price('5.00') })],
  ['one quarter only', market().programme('late', { rank: 1, from: '2027-Q2' })],
  [
    'a zone’s cap on what comes from one origin',
    market()
      .zone({ id: 'pacific', members: ['JP'], maxOriginShare: '0.5' })
      .consumption(['2027-Q1', '2027-Q2'], '8', 'pacific'),
  ],
];

describe('the proof of a support round', () => {
  it.each(usual)('%s: is verified by what shares no code with the engine', (_, built) => {
    expect(proofOf(built).verdict.failures).toEqual([]);
  });

  it('lists what is supported by quarter, offer and bid, and values by order', () => {
    const { support } = proofOf(market('100000.00')).proof as unknown as {
      support: [
        { flows: Record<string, string>[]; quarters: Record<string, { offer: string; bid: string }[]>[] },
      ];
    };
    const [{ flows, quarters }] = support;
    const places = flows.map(
      ({ quarter, offer, bid }) => `${quarter} ${offer?.slice(4, 5)}→${bid?.slice(4, 5)}`,
    );
    expect(places).toEqual(places.toSorted());
    expect(new Set(flows.map(({ quarter }) => quarter)).size).toBe(2);
    for (const { scarcity, surplus } of quarters) {
      expect(scarcity!.map(({ offer }) => offer)).toEqual(scarcity!.map(({ offer }) => offer).toSorted());
      expect(surplus!.map(({ bid }) => bid)).toEqual(surplus!.map(({ bid }) => bid).toSorted());
    }
    expect(quarters.some(({ surplus }) => surplus!.length > 1)).toBe(true);
  });

  it('says where nothing is left to be bought at any price', () => {
    const { support } = proofOf(market('100000.00')).proof as unknown as {
      support: [{ next: string; flows: { support: string; lots: string }[] }];
    };
    const [{ next, flows }] = support;
    const cost = flows.reduce((sum, each) => sum + BigInt(each.support) * BigInt(each.lots), 0n);
    // A tick more than is left: there is no next lot.
    expect(BigInt(next)).toBe(10_000_000n - cost + 1n);
  });
});

describe('the agreement of a supported contract', () => {
  const built = market();
  const snapshot = built.snapshot();
  const { awards } = proofOf(built);
  const contracts = contractsOf(snapshot, 1, awards, (party) => `organisation of ${party}`);
  const at = awards.findIndex(({ programme, schedule }) => programme !== undefined && schedule.length === 2);
  const [award, contract] = [awards[at]!, contracts[at]!];

  it('reserves what the contract’s support comes to, quarter by quarter', () => {
    const agreement = agreementFor(snapshot, contract, award)!;
    expect(agreement).toMatchObject({
      ...{ programme: id('prg', 'gap'), programmeVersion: 2, status: 'active', version: 1 },
      basis: { kind: 'contract', contract: contract.id, clearing: snapshot.clearing },
      ...{ producer: 'organisation of party-cmine', site: id('sit', 'cmine'), origin: 'AU' },
      ...{ product: 'ndpr-oxide', from: '2027-Q1', to: '2027-Q2', concludedAt: contract.concludedAt },
    });
    expect(agreement.caps).toEqual(contract.schedule.map(({ quarter, quantity }) => ({ quarter, quantity })));
    expect(formatDecimal(agreement.gap!.amount)).toBe('5.00');
    expect(formatDecimal(agreement.strike.amount)).toBe('110.00');
    expect(agreement.reserved).toEqual(contract.totals.support);
    expect(agreement.id).toMatch(/^agr_[0-9a-f]{32}$/);
  });

  it('is not there of a contract that nobody supports, and never of a programme that is not in the snapshot', () => {
    expect(agreementFor(snapshot, without(contract, 'programme'), award)).toBeUndefined();
    expect(() => agreementFor({ ...snapshot, programmes: [] }, contract, award)).toThrow(
      'not in the snapshot',
    );
  });
});
