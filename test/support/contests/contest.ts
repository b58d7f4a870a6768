import { audit } from '../../../infra/audit/audit.ts';
import type { Guard } from '../simulation/controls.ts';
import { contestant, type Contestant } from './contestant.ts';
import { World } from './world.ts';

/** What somebody does; `refused` where the marketplace would not have it. */
export type Act<W> = (as: Contestant, world: W) => Promise<'done' | 'refused'>;

/**
 * Two who act at once, of whom one is held just before a write that carries a guard, until the other has done all that it
 * does. With the guard it comes to what one after the other comes to; without, it must not.
 */
export interface Contest<W> {
  /** What the guard keeps. */
  readonly keeps: string;
  readonly guard: RegExp;
  /** Guards that keep the same: taken away with it and without it, so that it is this one that is tried. */
  readonly beside?: RegExp;
  /** What finds the loss. */
  readonly foundBy: Loss;
  readonly arrange: (world: World) => Promise<W>;
  readonly one: Act<W>;
  readonly other: Act<W>;
  /** Milliseconds by which the clocks of the two differ from the world's. */
  readonly clocks?: readonly [one: number, other: number];
  /** The other has read all that it reads before the one begins: it waits with its first write that carries this. */
  readonly begun?: RegExp;
  /** Where what it comes to may be something that no order of the two comes to, but sound. */
  readonly isFree?: boolean;
  /** Whoever is not held ends at each of its writes in turn, rather than come to its end. */
  readonly dies?: boolean;
  /** What workers make of it when both have ended. */
  readonly afterwards?: Act<W>;
}

/** A check of the audit; or it is not what the two come to one after the other; or somebody could not go on. */
export type Loss = string;
const noOrder: Loss = 'no order of the two';
const stuck: Loss = 'somebody is stuck';

export interface Trial {
  /** How often somebody was held with the guard. */
  readonly held: number;
  readonly losses: ReadonlySet<Loss>;
}

type Role = 'one' | 'other';
const roles = ['one', 'other'] as const;

/** What there is before the two act, and what it comes to if one acts after the other. */
export interface Prepared<W> {
  readonly arranged: World;
  readonly value: W;
  readonly orders: ReadonlySet<string>;
}

/** @throws where not even one after the other is sound. */
export async function prepared<W>(contest: Contest<W>): Promise<Prepared<W>> {
  const arranged = await World.open();
  const value = await contest.arrange(arranged);
  const orders = new Set<string>();
  for (const order of [roles, roles.toReversed()]) {
    const { losses, picture } = await lived(contest, { arranged, value, order, isTaken: () => false });
    if (losses.length > 0) throw new Error(`${order.join(' after which ')}: ${losses.join()}`);
    orders.add(picture);
  }
  return { arranged, value, orders };
}

/** One after the other, and all ways in which they can come in each other's way at a guard, with it or without. */
export async function tried<W>(
  contest: Contest<W>,
  { arranged, value, orders }: Prepared<W>,
  isWithout: boolean,
): Promise<Trial> {
  const { guard, beside, begun, dies = false, isFree = dies } = contest;
  const isTaken = (of: Guard): boolean => beside?.test(of) === true || (isWithout && guard.test(of));
  const losses = new Set<Loss>();
  let held = 0;
  for (const order of [roles, roles.toReversed()])
    for (const loss of (await lived(contest, { arranged, value, order, isTaken })).losses) losses.add(loss);
  for (const role of begun === undefined ? roles : (['one'] as const))
    for (let place = 1; ; place += 1) {
      const before = held;
      for (let death = dies ? 1 : Infinity; ; death += 1) {
        const ended = await lived(contest, { arranged, value, held: role, place, death, isTaken });
        if (!ended.wasHeld) break;
        held += 1;
        for (const loss of ended.losses) losses.add(loss);
        // What is left of one that died only the audit can judge.
        if (!isFree && ended.losses.length === 0 && !orders.has(ended.picture)) losses.add(noOrder);
        if (!ended.hasDied) break;
      }
      // Of losses one is enough.
      if (held === before || (isWithout && losses.has(contest.foundBy))) break;
    }
  return { held, losses };
}

/** One after the other, or both at once. */
type Turns =
  | { readonly order: readonly Role[] }
  | { readonly held: Role; readonly place: number; readonly death: number };
type Way<W> = Turns & {
  readonly arranged: World;
  readonly value: W;
  readonly isTaken: (guard: Guard) => boolean;
};

async function lived<W>(contest: Contest<W>, way: Way<W>) {
  const { guard, begun, clocks = [0, 0], afterwards } = contest;
  const { arranged, value, isTaken } = way;
  const world = await arranged.copy();
  const ends: Record<Role, string> = { one: '', other: '' };
  const losses: Loss[] = [];
  let hasDied = false;
  let wasHeld = false;
  const act = async (role: Role, more: Partial<Parameters<typeof contestant>[2]> = {}): Promise<void> => {
    const at = world.later(clocks[role === 'one' ? 0 : 1]);
    const as = contestant(world, role, { at, guard, isTaken, ...more });
    try {
      ends[role] = await contest[role](as, value);
    } catch {
      if (as.isOver()) hasDied = true;
      else losses.push(stuck);
    }
  };
  if ('order' in way) for (const role of way.order) await act(role);
  else {
    const { held, place, death: diesAt } = way;
    const holdUntil = (other: () => Promise<void>) => ({
      place,
      between: async () => {
        wasHeld = true;
        await other();
      },
    });
    if (begun === undefined) {
      const second = held === 'one' ? 'other' : 'one';
      await act(held, { hold: holdUntil(() => act(second, { diesAt })) });
    } else {
      const [isHeld, isDone] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
      let one = Promise.resolve();
      const between = async (): Promise<void> => {
        const hold = holdUntil(() => {
          isHeld.resolve(undefined);
          return isDone.promise;
        });
        one = act('one', { hold });
        await Promise.race([isHeld.promise, one]);
      };
      await act('other', { guard: begun, hold: { place: 1, between } });
      isDone.resolve(undefined);
      await one;
    }
  }
  const last = contestant(world, 'afterwards', { at: world.now, guard, isTaken: () => false });
  await afterwards?.(last, value).catch(() => losses.push(stuck));
  const { findings } = await audit(world.table, { at: world.later(60_000) });
  return {
    ...{ hasDied, wasHeld },
    losses: [...losses, ...findings.map(({ check }) => check)],
    picture: `${ends.one} ${ends.other}\n${await world.picture()}`,
  };
}
