import { sharedLimit } from '../../../functions/api/shared-rate-limit.ts';
import { startEngine } from '../../../infra/local/engine.ts';
import { instantOf } from '../../../shared/kernel/time.ts';
import { leaseRequests } from '../../../shared/store/service/rate-leases.ts';
import { clientFor, freshTable } from '../../support/table.ts';

/** What it costs to count an organisation's requests for all instances, over two minutes. */
export interface LimitCost {
  readonly instances: number;
  /** Asked for, by this organisation. */
  readonly perSecond: number;
  readonly served: number;
  readonly refused: number;
  /** Leases, each of one write unit: DynamoDB charges a refused one as well. */
  readonly writesPerRequest: number;
}

const seconds = 120;

/** At the limit that the settings of AWS give by default; requests fall on the instances in turn, evenly in time. */
export async function measureLimits(): Promise<readonly LimitCost[]> {
  const engine = await startEngine();
  const client = clientFor(engine.endpoint);
  try {
    const table = await freshTable(client);
    const costs: LimitCost[] = [];
    for (const instances of [1, 4, 16])
      for (const perSecond of [0.1, 1, 10, 20, 200]) {
        let [now, writes, served] = [Date.UTC(2026, 10, 22), 0, 0];
        const all = Array.from({ length: instances }, () =>
          sharedLimit({
            ...{ perSecond: 20, burst: 100, clock: () => instantOf(now) },
            lease: (window, wanted) => {
              writes += 1;
              return leaseRequests(table, window, wanted);
            },
            notShared: (error) => {
              throw error;
            },
          }),
        );
        const requests = seconds * perSecond;
        for (let request = 0; request < requests; request += 1) {
          const turn = await all[request % instances]?.(`org-${instances}-${perSecond}`);
          if (turn?.allowed === true) served += 1;
          now += 1000 / perSecond;
        }
        costs.push({
          ...{ instances, perSecond, served, refused: requests - served },
          writesPerRequest: Math.round((writes / requests) * 1000) / 1000,
        });
      }
    return costs;
  } finally {
    client.destroy();
    await engine.stop();
  }
}
