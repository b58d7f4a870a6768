import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Meddler } from '../support/faults.ts';
import { meddleWith } from '../support/faults.ts';

/** One call of DynamoDB as it was made, and what it cost. */
export interface Call {
  readonly name: string;
  readonly write: boolean;
  readonly transaction: readonly TransactWriteItem[];
  /** The partition that a call on one item touches. */
  readonly partition: string;
  /** Read or write capacity units of the table and of its indexes, as DynamoDB reports them. */
  readonly units: number;
  /** `performance.now()`. */
  readonly begun: number;
  readonly ended: number;
}

interface Input {
  readonly TransactItems?: readonly TransactWriteItem[];
  readonly Key?: { readonly pk?: { readonly S?: string } };
  readonly Item?: { readonly pk?: { readonly S?: string } };
}
interface Capacity {
  readonly CapacityUnits?: number;
}
interface Answered {
  readonly output: { readonly ConsumedCapacity?: Capacity | readonly Capacity[] };
}

/** Listens to a client: every call asks for its consumed capacity and is kept. A call that fails is not hidden. */
export class Meter {
  #calls: Call[] = [];
  #failed = 0;

  attach(client: DynamoDBClient): void {
    meddleWith(this.#measure)(client);
  }

  /** The calls since the last time; throws if one of them failed, for then its cost is not known. */
  take(): readonly Call[] {
    const calls = this.#calls;
    const failed = this.#failed;
    this.#calls = [];
    this.#failed = 0;
    if (failed > 0) throw new Error(`${failed} calls of DynamoDB failed while they were measured`);
    return calls;
  }

  readonly #measure: Meddler = async (send, call) => {
    const input = call.input as Input;
    call.input = { ...input, ReturnConsumedCapacity: 'INDEXES' };
    const begun = performance.now();
    try {
      const { output } = (await send()) as Answered;
      const capacity = [output.ConsumedCapacity ?? []].flat() as readonly Capacity[];
      if (capacity.length === 0) throw new Error(`${call.name} does not say what it has consumed`);
      this.#calls.push({
        name: call.name,
        write: call.write,
        transaction: input.TransactItems ?? [],
        partition: (input.Key ?? input.Item)?.pk?.S ?? '',
        units: capacity.reduce((sum, { CapacityUnits }) => sum + (CapacityUnits ?? 0), 0),
        begun,
        ended: performance.now(),
      });
      return { output };
    } catch (error) {
      this.#failed += 1;
      throw error;
    }
  };
}

export const writeUnits = (calls: readonly Call[]): number => unitsOf(calls, true);
export const readUnits = (calls: readonly Call[]): number => unitsOf(calls, false);
const unitsOf = (calls: readonly Call[], write: boolean): number =>
  calls.reduce((sum, call) => sum + (call.write === write ? call.units : 0), 0);
