import type { GoodsAccounts } from '../../shared/contracts/settlement/goods.ts';
import type { UnitPrices } from '../../shared/contracts/settlement/settlement.ts';
import type { StandardTermsTerms } from '../../shared/contracts/standard-terms.ts';
import type { Contract } from '../../shared/contracts/contract.ts';
import type { Quarter } from '../../shared/kernel/quarter.ts';
import type { Result } from '../../shared/kernel/result.ts';
import type { Clock, Instant } from '../../shared/kernel/time.ts';
import type { Product } from '../../shared/reference/product.ts';
import type { Table } from '../../shared/store/table/table.ts';
import type { Log } from '../lambda/log.ts';
import type { Metrics } from '../lambda/metrics.ts';

/** What the settlement of a contract rests on beside the contract itself. */
export interface SettlementReader {
  readonly product: (id: string) => Promise<Product>;
  /** The version of the standard terms that a contract keeps. */
  readonly standardTerms: (contract: Contract) => Promise<StandardTermsTerms>;
  readonly accounts: (contract: Contract) => Promise<GoodsAccounts>;
  /** What a quarter settles at; frozen when it is first asked for. Errors: reference_unavailable. */
  readonly unitPrices: (contract: Contract, quarter: Quarter, at: Instant) => Promise<Result<UnitPrices>>;
}

/** What a settlement stands on; each host (Lambda, one machine, tests) brings its own. */
export interface SettlementDependencies {
  readonly table: Table;
  readonly reader: SettlementReader;
  readonly clock: Clock;
  readonly logger: Log;
  /** Default: nothing is measured. */
  readonly metrics?: Metrics;
  readonly remainingMilliseconds: () => number;
  readonly settings: SettlementSettings;
  /** Settles this quarter alone; everything else stays due. */
  readonly only?: Quarter | undefined;
  /** Looks also at what is due tomorrow: there lies what waits for a reference price that may be on record by now. */
  readonly isAsked?: boolean;
}

export interface SettlementSettings {
  /** With less time than this left, nothing more is begun. */
  readonly handOnMilliseconds: number;
  /** Contracts settled at the same time. */
  readonly concurrency: number;
}

export const settlementSettings: SettlementSettings = { handOnMilliseconds: 10_000, concurrency: 8 };
