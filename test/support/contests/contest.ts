import type { Contestant } from './contestant.ts';
import type { World } from './world.ts';

/** What somebody does; `refused` where the marketplace would not have it. */
export type Act<W> = (as: Contestant, world: W) => Promise<'done' | 'refused'>;

/**
 * Two who act at once, of whom one is held just before a write that carries a guard, until the other has done all that it
 * does. With the guard it comes to what one after the other comes to; without, it must not.
 */
export interface Contest<W> {
  /** What the guard keeps. */
  readonly keeps: string;
  /** One or, where `eachOf` has not parted them, some that are taken away together. */
  readonly guard: RegExp;
  /** Guards that keep the same: taken away with it and without it, so that it is this one that is tried. */
  readonly beside?: RegExp;
  /** The writes before which somebody is held, where these are not the ones that carry the guard. */
  readonly heldAt?: RegExp;
  /** What finds the loss. */
  readonly foundBy: Loss;
  readonly arrange: (world: World) => Promise<W>;
  readonly one: Act<W>;
  readonly other: Act<W>;
  /** Both are given the same ids, as if one came up a second time. */
  readonly areTwins?: boolean;
  /** Milliseconds by which the clocks of the two differ from the world's. */
  readonly clocks?: readonly [one: number, other: number];
  /** Only the one is held, never the other. */
  readonly holdsOne?: boolean;
  /** The other has read all that it reads before the one begins: it waits with its first write that carries this. */
  readonly begun?: RegExp;
  /** Where what it comes to may be something that no order of the two comes to, but sound. */
  readonly isFree?: boolean;
  /** Whoever is not held ends at each of its writes in turn, rather than come to its end. */
  readonly dies?: boolean;
  /** What workers make of it when both have ended. */
  readonly afterwards?: Act<W>;
  /** What it has in common with others of its family. */
  readonly start?: () => Promise<Prepared<W>>;
}

/** A check of the audit; or it is not what the two come to one after the other; or somebody could not go on. */
export type Loss = string;

/** What there is before the two act, and what it comes to if one acts after the other. */
export interface Prepared<W> {
  readonly arranged: World;
  readonly value: W;
  readonly orders: ReadonlySet<string>;
  /** What it costs them at most. */
  readonly spent: number;
}
