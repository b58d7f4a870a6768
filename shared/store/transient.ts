import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';

const transientNames = new Set([
  'TransactionConflictException',
  'TransactionInProgressException',
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
]);

const transientReasons = new Set(['TransactionConflict', 'ProvisionedThroughputExceeded', 'ThrottlingError']);

/** Conflicts and throttling: the same call may well go through a moment later. */
export function isTransient(error: unknown): boolean {
  if (error instanceof TransactionCanceledException)
    return (error.CancellationReasons ?? []).some((reason) => transientReasons.has(reason.Code ?? ''));
  return error instanceof Error && transientNames.has(error.name);
}
