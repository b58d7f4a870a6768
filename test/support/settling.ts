import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SettlementDependencies } from '../../functions/settlement/dependencies.ts';
import { settlementSettings } from '../../functions/settlement/dependencies.ts';
import { settlementReader } from '../../functions/settlement/reader.ts';
import type { SettlementRun } from '../../functions/settlement/settle-what-is-due.ts';
import { settleWhatIsDue } from '../../functions/settlement/settle-what-is-due.ts';
import { audit } from '../../infra/audit/audit.ts';
import type { EventBody } from '../../shared/contracts/contract-events.ts';
import { dateOf } from '../../shared/kernel/time.ts';
import { decimal } from '../../shared/kernel/decimal.ts';
import { readContract } from '../../shared/store/contracts/contracts.ts';
import { appendToContract, readSettlements } from '../../shared/store/contracts/settlements.ts';
import type { Table } from '../../shared/store/table/table.ts';
import type { AnswerBody } from './api.ts';
import { ada } from './market-api.ts';
import { tableAs } from './table-guard.ts';
import type { Trading } from './trading.ts';

const kilograms = (amount: string) => ({ amount: decimal(amount), unit: 'kg' as const });
const dlv = (name: string): string => `dlv_${name.padStart(26, '0')}`;

/** Contracts of a market, what is delivered under them, and workers that settle them. */
export class Settling {
  readonly trading: Trading;
  #workers = 0;

  constructor(trading: Trading) {
    this.trading = trading;
  }

  get table(): Table {
    return this.trading.api.dependencies.table;
  }

  set now(at: string) {
    this.trading.api.time.now = at;
  }

  async contracts(): Promise<readonly AnswerBody[]> {
    return (await this.trading.done(ada, 'GET', '/v1/contracts?limit=100')).body.items;
  }

  /** Appends events to a contract, as its parties' acts would. */
  async append(contract: string, ...events: readonly EventBody[]): Promise<void> {
    const read = await readContract(this.table, contract);
    const today = dateOf(this.trading.api.time.now);
    const outcome = await this.table.transact(appendToContract(read!, events, today));
    if (!outcome.done) throw new Error('somebody else appended');
  }

  /** A delivery from notice to acceptance, in one go. */
  async deliver(contract: string, name: string, quarter: string, amount: string): Promise<void> {
    const at = this.trading.api.time.now;
    const delivery = dlv(name);
    const quantity = kilograms(amount);
    const date = dateOf(at);
    await this.append(
      contract,
      { type: 'delivery_noticed', at, delivery, quantity, notice: { quarter, quantity, shippedOn: date } },
      { type: 'delivery_received', at, delivery, quantity, receipt: { receivedOn: date, quantity } },
      { type: 'delivery_accepted', at, delivery, finalQuantity: quantity },
    );
  }

  async correct(contract: string, name: string, amount: string): Promise<void> {
    const at = this.trading.api.time.now;
    await this.append(contract, {
      ...{
        type: 'delivery_corrected',
        at,
        delivery: dlv(name),
        finalQuantity: kilograms(amount),
        reason: 'scale',
      },
    });
  }

  /** A worker with a connection of its own, which `meddle` may tamper with. */
  worker(client?: DynamoDBClient, meddle?: (client: DynamoDBClient) => void): SettlementDependencies {
    if (client !== undefined) meddle?.(client);
    const { clock, logger } = this.trading.api.dependencies;
    this.#workers += 1;
    const { name } = this.table;
    const table = tableAs('settlement', client === undefined ? this.table : { client, name });
    return {
      ...{ table, clock, logger },
      reader: settlementReader(table),
      remainingMilliseconds: () => Infinity,
      // One thing at a time, so that faults are exact.
      settings: { ...settlementSettings, concurrency: 1 },
    };
  }

  settle(worker = this.worker()): Promise<SettlementRun> {
    return settleWhatIsDue(worker);
  }

  /** Everything that the table says of money, but for when it was written. */
  async picture(): Promise<unknown> {
    const contracts = await this.contracts();
    return Promise.all(contracts.map(async ({ id }) => [id, await readSettlements(this.table, id)]));
  }

  async findings(): Promise<readonly unknown[]> {
    return (await audit(this.table, { at: this.trading.api.time.now })).findings;
  }
}
