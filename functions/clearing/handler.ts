import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { randomBytes } from 'node:crypto';
import { clearAndDocument } from '../../shared/clearing/documents/documents.ts';
import { measured, metrics } from '../lambda/emf.ts';
import { clock, logger, objects, table, wakeByQueue } from '../lambda/surroundings.ts';
import { consume } from './consume.ts';
import { clearingSettings } from './dependencies.ts';
import { referenceReader } from './reference-reader.ts';
import { runDueClearings } from './run-due-clearings.ts';

const market = table();
const standing = {
  table: market,
  objects: objects(),
  reference: referenceReader(market),
  clear: clearAndDocument,
  newSalt: () => randomBytes(32).toString('hex'),
  settings: clearingSettings,
  ...{ clock, logger, metrics },
};
const wake = wakeByQueue();

/** Consumer of the clearing queue. */
export const handler = measured((event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  const worker = {
    ...standing,
    holder: context.awsRequestId,
    remainingMilliseconds: () => context.getRemainingTimeInMillis(),
  };
  return consume(event.Records, {
    run: (product) => runDueClearings(worker, { product }),
    ...{ wake, logger },
  });
});
