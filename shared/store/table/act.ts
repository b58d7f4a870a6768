import type { NewId } from '../../kernel/ids.ts';
import type { Instant } from '../../kernel/time.ts';

/** A caller's act: who does it (subject and organisation of the token), when, and where new ids come from. */
export interface Act {
  readonly subject: string;
  readonly organisation: string;
  readonly at: Instant;
  readonly newId: NewId;
}
