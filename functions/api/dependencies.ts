import type { NewId } from '../../shared/kernel/ids.ts';
import type { Result } from '../../shared/kernel/result.ts';
import type { Clock } from '../../shared/kernel/time.ts';
import type { Caller } from '../../shared/reference/caller.ts';
import type { ObjectStore } from '../../shared/store/service/object-store.ts';
import type { AllowedHosts } from '../../shared/wire/webhook-url.ts';
import type { Table } from '../../shared/store/table/table.ts';
import type { Log } from '../lambda/log.ts';
import type { Metrics } from '../lambda/metrics.ts';
import type { Computing } from './computing.ts';

export type { Log };

/** Whether an organisation may make a request now; if not, in how many seconds. */
export type Turn =
  | { readonly allowed: true; readonly left: number }
  | { readonly allowed: false; readonly retryAfterSeconds: number };

/** Counts a request of an organisation. Never rejects: a limit that cannot be asked stops nobody. */
export type RateLimit = (organisation: string) => Turn | Promise<Turn>;

/** What the API stands on; each host (Lambda, one machine, tests) brings its own. */
export interface ApiDependencies {
  readonly table: Table;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly verifyToken: (token: string) => Promise<Result<Caller>>;
  /** Lets somebody look at the product's requests soon; a call that gets lost is made good by the tick. */
  readonly wakeClearing: (product: string, requestId?: string) => Promise<void>;
  /** A new secret for signing webhooks: `whsec_` and at least 24 random bytes in Base64. */
  readonly newSecret: () => string;
  /** Hosts that webhooks may call whatever the rules say; none by default. */
  readonly webhookHosts?: AllowedHosts;
  /** Throws while orders cannot be taken; by default, where an item cannot be read. */
  readonly probe?: () => Promise<unknown>;
  /** Where previews and stress tests are computed; by default in the thread that answers. */
  readonly computing?: Computing;
  readonly logger: Log;
  /** Default: nothing is measured. */
  readonly metrics?: Metrics;
  /** The text of docs/openapi.json. Read on demand: the Lambda need not parse it to start. */
  readonly readOpenApi: () => Promise<string>;
  /** Origins whose scripts browsers let read answers; none if absent. */
  readonly allowedOrigins?: readonly string[];
  /** None: no limit. */
  readonly rateLimit?: RateLimit;
}
