import type { DynamoDBStreamEvent } from 'aws-lambda';
import { millisecondsOf } from '../../shared/kernel/time.ts';
import { measured, metrics } from '../lambda/emf.ts';
import { changedItems, clock, logger, putItems, table } from '../lambda/surroundings.ts';
import { ContractMemory } from './contract-memory.ts';
import { domainEventOf } from './domain-event.ts';
import { follow, sweep } from './follow.ts';
import { followBeat } from './follow-beat.ts';

const standing = { table: table(), clock, logger, metrics, memory: new ContractMemory() };

/** When the oldest record of a batch was written, in seconds since 1970. */
const oldestOf = (records: DynamoDBStreamEvent['Records']): number | undefined =>
  records
    .flatMap(({ dynamodb }) => dynamodb?.ApproximateCreationDateTime ?? [])
    .sort((a, b) => a - b)
    .at(0);

/** Records of the table's stream; or, on a schedule, nothing; or a request to look at everything anew. */
type Called = Partial<DynamoDBStreamEvent> & { readonly sweep?: boolean };

/** Fails where something could not be followed, so that it is told of again, in smaller parts, or somebody hears of it. */
export const handler = measured(async (event: Called): Promise<{ products: readonly string[] }> => {
  if (event.Records !== undefined) {
    const events = putItems(event.Records).flatMap((item) => domainEventOf(item) ?? []);
    const oldest = oldestOf(event.Records);
    if (oldest !== undefined) metrics.record('EventAge', millisecondsOf(clock()) / 1000 - oldest);
    const products = await follow(standing, events);
    // Last: a beat that was seen says that all before it was followed.
    await followBeat(standing.table, changedItems(event.Records));
    return { products };
  }
  const { products, failed } = await sweep(standing, event.sweep === true);
  if (failed.length > 0) throw new Error(`${failed.length} products could not be assessed; see the log`);
  return { products };
});
