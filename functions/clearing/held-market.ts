import type { Instant } from '../../shared/kernel/time.ts';
import { millisecondsOf } from '../../shared/kernel/time.ts';
import type { Attribute } from '../../shared/store/table/condition.ts';
import type { Control, ControlIn, Phase } from '../../shared/store/clearing/control.ts';
import { moveControl, readControl, renewLease, takeMarket } from '../../shared/store/clearing/control.ts';
import type { Action } from '../../shared/store/table/action.ts';
import type { Log } from '../lambda/log.ts';
import { withFields } from '../lambda/log.ts';
import type { ClearingDependencies } from './dependencies.ts';

/** Another worker has taken the market: whatever this one was about to write is no longer its own to write. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}

/** This worker's time is nearly up; another goes on from the control item. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

/** A market that this worker has taken: its control item as last seen, and the only ways to move it on. */
export class HeldMarket {
  readonly dependencies: ClearingDependencies;
  readonly product: string;
  #control: Control;
  #renewAt: number;

  private constructor(dependencies: ClearingDependencies, product: string, control: Control) {
    this.dependencies = dependencies;
    this.product = product;
    this.#control = control;
    this.#renewAt = this.#halfOf(dependencies.settings.leaseMilliseconds);
  }

  /** Takes the market under a new fence; `undefined` where another worker holds it. */
  static async take(dependencies: ClearingDependencies, product: string): Promise<HeldMarket | undefined> {
    const control = await takeMarket(dependencies.table, product, {
      holder: dependencies.holder,
      now: dependencies.clock(),
      milliseconds: dependencies.settings.leaseMilliseconds,
    });
    return control && new HeldMarket(dependencies, product, control);
  }

  get control(): Control {
    return this.#control;
  }

  /** Whose lines can be followed back: to the clearing, and to the request that asked for it. */
  get log(): Log {
    const { control, product, dependencies } = this;
    return withFields(
      dependencies.logger,
      control.phase === 'idle'
        ? { product }
        : { product, clearing: control.clearing, run: control.run, requestId: control.requestId },
    );
  }

  /** The control item in a phase that the caller knows it to be in. */
  in<P extends Phase>(phase: P): ControlIn<P> {
    if (this.#control.phase !== phase) throw new Error(`the run is ${this.#control.phase}, not ${phase}`);
    return this.#control as ControlIn<P>;
  }

  /**
   * To be called between any two pieces of work: keeps the lease alive, so that work longer than a lease is not taken
   * up by one worker after the other, and stops in time. Throws `Superseded` or `OutOfTime`.
   */
  async proceed(): Promise<void> {
    const { remainingMilliseconds, settings } = this.dependencies;
    if (remainingMilliseconds() < settings.handOnMilliseconds) throw new OutOfTime();
    if (millisecondsOf(this.#now()) >= this.#renewAt) await this.holdFor(settings.leaseMilliseconds);
  }

  /** Holds the market for so long from now. */
  async holdFor(milliseconds: number): Promise<void> {
    const { table, holder } = this.dependencies;
    const lease = { holder, now: this.#now(), milliseconds };
    if (!(await renewLease(table, this.product, this.#control.fence, lease))) throw new Superseded();
    this.#renewAt = this.#halfOf(milliseconds);
  }

  /** Lets others have the market at once. */
  async release(): Promise<void> {
    await renewLease(this.dependencies.table, this.product, this.#control.fence, {
      holder: this.dependencies.holder,
      now: this.#now(),
      milliseconds: 0,
    });
  }

  /**
   * Moves the run on, together with what must be written in the same instant. What counts is what the control item
   * says afterwards: the answer to a write that was done may be lost.
   */
  async move(
    changes: Readonly<Record<string, Attribute | undefined>> & { readonly phase: Phase },
    ...beside: readonly Action[]
  ): Promise<void> {
    const { table } = this.dependencies;
    const outcome = await table.transact([moveControl(this.product, this.#control, changes), ...beside]);
    const found = await readControl(table, this.product);
    if (found?.fence !== this.#control.fence) throw new Superseded();
    if (found.phase !== changes.phase) {
      const refused = outcome.done ? [] : outcome.refusals.map(({ action }) => action);
      throw new Error(`${this.product} cannot go from ${found.phase} to ${changes.phase}: ${refused.join()}`);
    }
    this.#control = found;
  }

  #now(): Instant {
    return this.dependencies.clock();
  }

  #halfOf(milliseconds: number): number {
    return millisecondsOf(this.#now()) + milliseconds / 2;
  }
}
