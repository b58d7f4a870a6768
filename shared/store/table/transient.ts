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

const awayNames = new Set([
  ...['InternalServerError', 'InternalFailure', 'ServiceUnavailable', 'ServiceUnavailableException'],
  ...['TimeoutError', 'NetworkingError', 'StoreUnavailable'],
]);

/** Of Node and its `fetch`: nobody there, no way there, cut off on the way; and of a disk that takes no more. */
const awayCodes = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT'],
  ...['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EIO'],
]);

/**
 * The table or the object store cannot be reached, or can do nothing for the moment (no room, say): no fault of the
 * request or of ours, and the same call may go through once that is mended. Whether a write was done is not known.
 */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (isTransient(error) || error instanceof TransactionCanceledException || awayNames.has(error.name))
    return true;
  if ('code' in error && awayCodes.has(String(error.code))) return true;
  return error.cause !== undefined && isUnavailable(error.cause);
}
