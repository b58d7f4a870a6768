import { clientFor } from '../../support/table.ts';
import { startEngine } from '../../../infra/local/engine.ts';
import { World } from '../../support/doors/world.ts';
import { ada, auditor, buyer, mine, stockpile } from '../../support/market-api.ts';
import { Trading } from '../../support/trading.ts';
import { flows } from '../../support/doors/requests.ts';
import type { Units } from './units.ts';
import { noUnits, plus, UnitMeter } from './units.ts';

interface Told {
  readonly operation: string | null;
}

/** What calls of one operation came to, all told. */
export interface UseCase {
  readonly name: string;
  readonly times: number;
  readonly calls: number;
  readonly units: Units;
}

/**
 * Every operation of a market in which there is one of everything, with what DynamoDB says each consumed; and what its
 * workers consumed after an operation had woken them, as `… after <operation>`. Units do not depend on the machine.
 */
export async function measureUseCases(): Promise<readonly UseCase[]> {
  const engine = await startEngine();
  const client = clientFor(engine.endpoint);
  const meter = new UnitMeter();
  meter.attach(client);
  const cases = new Map<string, UseCase>();
  const add = (name: string, { units, calls }: ReturnType<UnitMeter['take']>): void => {
    if (calls === 0) return;
    const known = cases.get(name) ?? { name, times: 0, calls: 0, units: noUnits };
    cases.set(name, {
      ...{ name, times: known.times + 1, calls: known.calls + calls },
      units: plus(known.units, units),
    });
  };
  try {
    let last = 'start';
    const world = await World.build(client, async () => {
      const trading = await Trading.open(client);
      meter.take();
      const { api } = trading;
      const call: typeof api.call = async (...request) => {
        add(`workers after ${last}`, meter.take());
        const answer = await api.call(...request);
        const told = api.log.findLast(({ message }) => message === 'request')?.fields as Told | undefined;
        last = told?.operation ?? 'nothing';
        const taken = meter.take();
        // What was refused was not done, and what follows a refusal is another use case.
        if (answer.status < 300) add(last, taken);
        return answer;
      };
      return new Trading({ ...api, call });
    });
    await readAndChange(world);
    return [...cases.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } finally {
    client.destroy();
    await engine.stop();
  }
}

/** What building the world does not ask for: reads, changes, withdrawals, a preview. */
async function readAndChange({ trading, common }: World): Promise<void> {
  await trading.done(ada, 'PUT', '/v1/zones/partners/flows/ndpr-oxide', { ...flows, year: 2025 });
  const offer = `/v1/offers/${common['openOffer']!}`;
  const { headers } = await trading.done(mine, 'GET', offer);
  await trading.done(...([mine, 'PATCH', offer, { validUntil: '2027-12-31T00:00:00.000Z' }] as const), {
    'If-Match': headers.get('ETag') ?? '',
  });
  const reads: readonly (readonly [typeof mine, string])[] = [
    [mine, '/v1/offers?limit=20'],
    [buyer, '/v1/bids?limit=20'],
    [buyer, `/v1/bids/${common['openBid']!}`],
    [mine, '/v1/contracts?limit=20'],
    [buyer, `/v1/contracts/${common['contract']!}`],
    [buyer, `/v1/contracts/${common['contract']!}/progress`],
    [buyer, `/v1/contracts/${common['contract']!}/settlements`],
    [auditor, '/v1/clearings?limit=20'],
    [mine, `${offer.replace(common['openOffer']!, common['offer']!)}/explanation`],
    [mine, '/v1/markets'],
    [mine, '/v1/markets/ndpr-oxide'],
    [mine, '/v1/products'],
    [mine, '/v1/floors'],
    [ada, '/v1/risk/ndpr-oxide'],
    [ada, `/v1/disruptions/${common['disruption']!}/exposure`],
    [stockpile, `/v1/stockpiles/${common['stockpile']!}`],
    [stockpile, `/v1/stockpiles/${common['stockpile']!}/positions`],
    [ada, '/v1/alerts?limit=20'],
    [auditor, '/v1/surveillance?product=ndpr-oxide'],
  ];
  for (const [who, path] of reads) await trading.call(who, 'GET', path);
  await trading.call(ada, 'POST', '/v1/clearings/preview', { product: 'ndpr-oxide' });
  await trading.done(mine, 'POST', `${offer}/withdraw`);
}
