/** Why a clearing fails, as clients read it. */
export type FailureReason = 'market_too_large' | 'not_yet_supported' | 'interrupted' | 'internal';

/**
 * This market cannot be cleared as it stands, however often it is tried: the run must end and free its orders. Only
 * ever thrown before the point of no return. The cause is for the log.
 */
export class Unclearable extends Error {
  override readonly name = 'Unclearable';
  readonly reason: FailureReason;

  constructor(reason: FailureReason, cause: unknown) {
    super(`the market cannot be cleared: ${reason}`, { cause });
    this.reason = reason;
  }
}

/** Runs a computation on what has been read: if it throws, it would throw again. */
export function compute<T>(computation: () => T): T {
  try {
    return computation();
  } catch (error) {
    throw error instanceof Unclearable ? error : new Unclearable('internal', error);
  }
}
