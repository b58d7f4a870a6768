import type { Quarter } from '../../shared/kernel/quarter.ts';
import type { Clock } from '../../shared/kernel/time.ts';
import type { Table } from '../../shared/store/table/table.ts';
import { settlementSettings } from '../settlement/dependencies.ts';
import { settlementReader } from '../settlement/reader.ts';
import type { SettlementRun } from '../settlement/settle-what-is-due.ts';
import { settleWhatIsDue } from '../settlement/settle-what-is-due.ts';
import type { Log } from './dependencies.ts';

/** A call is answered within 29 seconds; what is begun by then must end, too. */
const budgetMilliseconds = 25_000;

/** Settles what is due, as far as one call's time goes. `began`: of the call, by `performance.now()`. */
export const settleNow = ({
  began,
  ...host
}: {
  readonly table: Table;
  readonly clock: Clock;
  readonly logger: Log;
  readonly began: number;
  readonly only: Quarter | undefined;
}): Promise<SettlementRun> =>
  settleWhatIsDue({
    ...host,
    reader: settlementReader(host.table),
    remainingMilliseconds: () => budgetMilliseconds - (performance.now() - began),
    settings: settlementSettings,
    isAsked: true,
  });
