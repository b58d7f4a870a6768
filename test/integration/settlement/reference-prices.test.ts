import { beforeEach, describe, expect, it } from 'vitest';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { formatDecimal } from '../../../shared/kernel/decimal.ts';
import { readSettlements } from '../../../shared/store/contracts/settlements.ts';
import { ada } from '../../support/market-api.ts';
import { Settling } from '../../support/settling.ts';
import { clientFor } from '../../support/table.ts';
import { flat, kg, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let at: Settling;

const points = (date: string, amounts: readonly string[]) => ({
  points: amounts.map((amount, index) => ({
    ...{ date, firm: `firm-${index}`, price: usd(amount), quantity: kg('1000') },
  })),
});
const record = (date: string, ...amounts: readonly string[]) =>
  at.trading.done(ada, 'POST', '/v1/reference-prices/index/points', points(date, amounts));
const alike = (amount: string): string[] => Array.from({ length: 5 }, () => amount);

/**
 * At a reference of 100.00 the home contract clears at the hard floor of 110.00 (a premium of 10, capped at 125.00), the
 * import at 72.00 (28 below it), with duties and a levy.
 */
beforeEach(async () => {
  const trading = await Trading.open(clientFor(engine.endpoint));
  at = new Settling(trading);
  await trading.approvedFloor({ duties: [{ origin: 'CL', rate: '0.037' }] });
  await trading.done(ada, 'PUT', '/v1/reference-prices/index', {
    ...{ name: 'Index', product: 'ndpr-oxide', currency: 'USD', per: 'kg', source: 'Reports' },
  });
  await record('2026-11-20', ...alike('100'));
  const indexed = (cap?: string) => ({
    priceTerms: { kind: 'indexed', reference: 'index', ...(cap !== undefined && { cap: usd(cap) }) },
  });
  const quarters = { delivery: flat('100', '2027-Q1', '2027-Q2') };
  await trading.offer({ ...quarters, delivery: flat('30', '2027-Q1', '2027-Q2'), ...indexed('125.00') });
  await trading.offerOf('mine-cl', 'CL', { ...quarters, ...indexed(), price: usd('72.00') });
  await trading.bid({ ...quarters, ...indexed() });
  await trading.clear();
});

const contractOf = async (origin: string): Promise<string> =>
  (await at.contracts()).find((each) => each['origin'] === origin)!.id;

/** What the quarters of a contract were settled at: price, duties, levy, landed; what bound it. */
async function settledOf(origin: string) {
  const settlements = await readSettlements(at.table, await contractOf(origin));
  return settlements.flatMap((settlement) => {
    if (settlement.kind === 'year') return [];
    const { price, duties, levy, landed, bound, fixing } = settlement.unit;
    const amounts = [price.amount, duties, levy, landed.amount].map(formatDecimal).join(' ');
    return [`${settlement.quarter} ${settlement.sequence}: ${amounts} ${bound}, version ${fixing?.version}`];
  });
}

async function delivered(...quarters: readonly ('2027-Q1' | '2027-Q2')[]): Promise<void> {
  for (const quarter of quarters) {
    at.now = quarter === '2027-Q1' ? '2027-03-20T12:00:00.000Z' : '2027-06-20T12:00:00.000Z';
    await at.deliver(await contractOf('AU'), `H${quarter.slice(-1)}`, quarter, '30');
    await at.deliver(await contractOf('CL'), `A${quarter.slice(-1)}`, quarter, '60');
  }
}

describe('an indexed contract', () => {
  it('settles each quarter by the reference of that quarter, between floor and cap, levy and duties with it', async () => {
    await delivered('2027-Q1', '2027-Q2');
    at.now = '2027-07-02T12:00:00.000Z';
    await record('2027-03-10', ...alike('90'));
    await record('2027-06-10', ...alike('150'));
    const run = await at.settle();
    expect(run).toMatchObject({ held: [], failed: [] });
    expect(await settledOf('AU')).toEqual([
      '2027-Q1 1: 110.00 0.00 0.00 110.00 floor, version 1',
      '2027-Q2 1: 125.00 0.00 0.00 125.00 cap, version 1',
    ]);
    expect(await settledOf('CL')).toEqual([
      '2027-Q1 1: 62.00 2.30 45.70 110.00 none, version 1',
      '2027-Q2 1: 122.00 4.52 0.00 126.52 none, version 1',
    ]);
    expect(await at.findings()).toEqual([]);
  });
});
