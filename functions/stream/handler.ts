import type { DynamoDBStreamEvent } from 'aws-lambda';
import { clock, logger, putItems, table } from '../lambda/surroundings.ts';
import { domainEventOf } from './domain-event.ts';
import { follow, sweep } from './follow.ts';

const standing = { table: table(), clock, logger };

/** Records of the table's stream; or, on a schedule, nothing; or a request to look at everything anew. */
type Called = Partial<DynamoDBStreamEvent> & { readonly sweep?: boolean };

/** Fails where something could not be followed, so that it is told of again, in smaller parts, or somebody hears of it. */
export const handler = async (event: Called): Promise<{ products: readonly string[] }> => {
  if (event.Records !== undefined) {
    const events = putItems(event.Records).flatMap((item) => domainEventOf(item) ?? []);
    return { products: await follow(standing, events) };
  }
  const { products, failed } = await sweep(standing, event.sweep === true);
  if (failed.length > 0) throw new Error(`${failed.length} products could not be assessed; see the log`);
  return { products };
};
