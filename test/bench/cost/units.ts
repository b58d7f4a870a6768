import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { meddleWith } from '../../support/faults.ts';

/** Capacity units as DynamoDB counts them: a transaction's of the table already doubled, an index's beside. */
export interface Units {
  readonly readTable: number;
  readonly readIndexes: number;
  readonly writeTable: number;
  readonly writeIndexes: number;
}

export const noUnits: Units = { readTable: 0, readIndexes: 0, writeTable: 0, writeIndexes: 0 };

export const plus = (a: Units, b: Units): Units => ({
  readTable: a.readTable + b.readTable,
  readIndexes: a.readIndexes + b.readIndexes,
  writeTable: a.writeTable + b.writeTable,
  writeIndexes: a.writeIndexes + b.writeIndexes,
});

export const mapUnits = (units: Units, map: (value: number) => number): Units => ({
  readTable: map(units.readTable),
  readIndexes: map(units.readIndexes),
  writeTable: map(units.writeTable),
  writeIndexes: map(units.writeIndexes),
});

interface Capacity {
  readonly CapacityUnits?: number;
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, { readonly CapacityUnits?: number }>>;
}

/** Sums what a client's calls consume until they are taken. A call that a condition refused says nothing of its cost. */
export class UnitMeter {
  #units = noUnits;
  #calls = 0;

  attach(client: DynamoDBClient): void {
    meddleWith(async (send, call) => {
      call.input = { ...call.input, ReturnConsumedCapacity: 'INDEXES' };
      const { output } = (await send()) as {
        output: { readonly ConsumedCapacity?: Capacity | readonly Capacity[] };
      };
      for (const capacity of [output.ConsumedCapacity ?? []].flat() as readonly Capacity[]) {
        const indexes = Object.values(capacity.GlobalSecondaryIndexes ?? {});
        const ofIndexes = indexes.reduce((sum, each) => sum + (each.CapacityUnits ?? 0), 0);
        const ofTable = (capacity.CapacityUnits ?? 0) - ofIndexes;
        this.#units = plus(
          this.#units,
          call.write
            ? { ...noUnits, writeTable: ofTable, writeIndexes: ofIndexes }
            : { ...noUnits, readTable: ofTable, readIndexes: ofIndexes },
        );
      }
      this.#calls += 1;
      return { output };
    })(client);
  }

  take(): { readonly units: Units; readonly calls: number } {
    const taken = { units: this.#units, calls: this.#calls };
    this.#units = noUnits;
    this.#calls = 0;
    return taken;
  }
}
