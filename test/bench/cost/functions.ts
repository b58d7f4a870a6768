import { build } from 'esbuild';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HandlerName } from '../../../infra/aws/bundle.ts';
import { bundleOptions } from '../../../infra/aws/bundle.ts';
import type { LambdaWorld } from '../../support/lambda.ts';
import { median } from '../report.ts';
import type { Taken } from './invoked.ts';

/** What a call of one use case took, the median of many. */
export interface Figures {
  readonly times: number;
  readonly processor: number;
  readonly calls: number;
  readonly inTurn: number;
}

/** The bundled functions, each in a process of its own, which does nothing else; and what their calls have taken. */
export class Functions {
  /** How far the clocks of the functions are ahead of the machine's. */
  aheadMilliseconds = 0;
  /** What the next call is for. */
  useCase: string | undefined;
  readonly #world: LambdaWorld;
  readonly #script: string;
  readonly #folder: string;
  readonly #running = new Map<HandlerName, ReturnType<typeof fork>>();
  readonly #taken = new Map<string, Taken[]>();
  readonly #peaks = new Map<HandlerName, number>();

  private constructor(world: LambdaWorld, folder: string, script: string) {
    this.#world = world;
    this.#folder = folder;
    this.#script = script;
  }

  static async open(world: LambdaWorld): Promise<Functions> {
    const folder = await mkdtemp(join(tmpdir(), 'lodestone-cost-'));
    const outfile = join(folder, 'invoked.mjs');
    // As JavaScript: what takes the types off would be resident with every function.
    const entryPoints = [join(import.meta.dirname, 'invoked.ts')];
    await build({ ...bundleOptions, entryPoints, outfile, write: true, sourcemap: false });
    return new Functions(world, folder, outfile);
  }

  /** Answers what the function answers. @throws what it throws */
  async call(name: HandlerName, event: unknown): Promise<unknown> {
    const child = this.#running.get(name) ?? (await this.#start(name));
    child.send({ event, aheadMilliseconds: this.aheadMilliseconds });
    const [taken] = (await once(child, 'message')) as [Taken];
    this.#peaks.set(name, Math.max(this.#peaks.get(name) ?? 0, taken.peakMegabytes));
    if (taken.error !== undefined) throw new Error(`${name}: ${taken.error}`);
    if (this.useCase !== undefined)
      this.#taken.set(this.useCase, [...(this.#taken.get(this.useCase) ?? []), taken]);
    return taken.answer;
  }

  /** The calls made meanwhile are of a use case. */
  async measure<T>(useCase: string, calls: () => Promise<T>): Promise<T> {
    this.useCase = useCase;
    try {
      return await calls();
    } finally {
      this.useCase = undefined;
    }
  }

  /** The later half of each use case's calls: by then the code has been compiled as on an instance that lives. */
  figures(): Readonly<Record<string, Figures>> {
    const of = (all: readonly Taken[]): Figures => {
      const late = all.slice(all.length >> 1);
      const middle = (read: (each: Taken) => number): number => median(late.map(read));
      return {
        times: late.length,
        processor: middle(({ processor }) => processor),
        calls: middle(({ calls }) => calls),
        inTurn: middle(({ inTurn }) => inTurn),
      };
    };
    return Object.fromEntries([...this.#taken].map(([name, all]) => [name, of(all)]));
  }

  peaks(): Readonly<Partial<Record<HandlerName, number>>> {
    return Object.fromEntries(this.#peaks);
  }

  async close(): Promise<void> {
    for (const child of this.#running.values()) child.kill('SIGKILL');
    await rm(this.#folder, { recursive: true });
  }

  async #start(name: HandlerName): Promise<ReturnType<typeof fork>> {
    const child = fork(this.#script, [await this.#world.bundle(name)], {
      // Logs are written as on AWS, and nobody reads them.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
      env: {
        ...process.env,
        ...{ AWS_ACCESS_KEY_ID: name, POWERTOOLS_SERVICE_NAME: name, POWERTOOLS_LOG_LEVEL: 'INFO' },
        ...{ POWERTOOLS_METRICS_DISABLED: 'false', METRICS_NAMESPACE: 'Lodestone/prod' },
        ...{ RATE_LIMIT: '100000,100000', EVENT_BUS_NAME: 'alerts' },
      },
    });
    await once(child, 'message');
    this.#running.set(name, child);
    return child;
  }
}
