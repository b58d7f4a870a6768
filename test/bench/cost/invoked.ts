import type { Context } from 'aws-lambda';
import { subscribe } from 'node:diagnostics_channel';
import { pathToFileURL } from 'node:url';

/** A call of a function, and how far its clock is ahead of the machine's. */
export interface Call {
  readonly event: unknown;
  readonly aheadMilliseconds: number;
}

/** What a call took of the process that did nothing else. */
export interface Taken {
  readonly answer?: unknown;
  readonly error?: string;
  /** Milliseconds of the processor, the collector's threads included. */
  readonly processor: number;
  /** Calls of the table, the bucket and the queue; and how many of them, at the least, waited one for another. */
  readonly calls: number;
  readonly inTurn: number;
  /** MiB that were resident at most since the process began. */
  readonly peakMegabytes: number;
}

/** Counts calls that leave the process, over Node's own client or by fetch, and the longest chain of them. */
class Outgoing {
  calls = 0;
  inTurn = 0;
  readonly #depths = new WeakMap<object, number>();

  constructor() {
    subscribe('http.client.request.start', (told) => {
      this.#begun((told as { request: object }).request);
    });
    subscribe('http.client.response.finish', (told) => {
      this.#ended((told as { request: object }).request);
    });
    subscribe('undici:request:create', (told) => {
      this.#begun((told as { request: object }).request);
    });
    subscribe('undici:request:headers', (told) => {
      this.#ended((told as { request: object }).request);
    });
  }

  /** One that begins may wait for any that has ended. */
  #begun(request: object): void {
    this.calls += 1;
    this.#depths.set(request, this.inTurn);
  }

  #ended(request: object): void {
    this.inTurn = Math.max(this.inTurn, (this.#depths.get(request) ?? 0) + 1);
  }
}

/** As if every clock of the process went ahead. */
let ahead = 0;
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given: ConstructorParameters<typeof RealDate> | []) {
    super(...((given.length === 0 ? [RealDate.now() + ahead] : given) as [number]));
  }
  static override now(): number {
    return RealDate.now() + ahead;
  }
} as DateConstructor;

const outgoing = new Outgoing();
const [, , bundle = ''] = process.argv;
const { handler } = (await import(pathToFileURL(bundle).href)) as {
  handler: (event: unknown, context: Partial<Context>) => Promise<unknown>;
};

async function taken({ event, aheadMilliseconds }: Call): Promise<Taken> {
  ahead = aheadMilliseconds;
  Object.assign(outgoing, { calls: 0, inTurn: 0 });
  const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 600_000 };
  const before = process.cpuUsage();
  const outcome = await handler(event, context).then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error: String(error) }),
  );
  const { user, system } = process.cpuUsage(before);
  return {
    ...outcome,
    processor: (user + system) / 1000,
    ...{ calls: outgoing.calls, inTurn: outgoing.inTurn },
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  };
}

process.on('message', (call: Call) => {
  void taken(call).then((told) => process.send?.(told));
});
process.send?.('ready');
