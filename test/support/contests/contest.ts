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
const noOrder: Loss = 'no order of the two';
const stuck: Loss = 'somebody is stuck';
/** More was done of what costs something than one after the other does: what a guard is for that only saves work. */
const doneTwice: Loss = 'done twice';

/** Of guards that keep the same, each is tried with all others away: so each keeps it alone, and without all it is lost. */
export const eachOf = <W>(contest: Omit<Contest<W>, 'guard'>, ...guards: readonly string[]): Contest<W>[] => {
  let start: Promise<Prepared<W>> | undefined;
  return guards.map((guard) => {
    const others = guards.filter((other) => other !== guard);
    const beside = [...others.map(exactly), ...(contest.beside === undefined ? [] : [contest.beside.source])];
    return {
      ...contest,
      guard: new RegExp(exactly(guard)),
      ...(beside.length === 0 ? {} : { beside: new RegExp(beside.join('|')) }),
      start: () => (start ??= prepared({ ...contest, guard: nothing })),
    };
  });
};

const nothing = /$^/;

const exactly = (guard: string): string => `^${guard.replaceAll('*', '\\*')}$`;

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
  /** What it costs them at most. */
  readonly spent: number;
}

/** @throws where not even one after the other is sound. */
export async function prepared<W>(contest: Contest<W>): Promise<Prepared<W>> {
  if (contest.start !== undefined) return contest.start();
  const arranged = await World.open();
  const value = await contest.arrange(arranged);
  const orders = new Set<string>();
  let most = 0;
  for (const order of [roles, roles.toReversed()]) {
    const { losses, picture, spent } = await lived(contest, { arranged, value, order, isTaken: () => false });
    if (losses.length > 0) throw new Error(`${order.join(' after which ')}: ${losses.join()}`);
    orders.add(await picture());
    most = Math.max(most, spent);
  }
  return { arranged, value, orders, spent: most };
}

/**
 * All ways in which they can come in each other's way at a guard, with it or without; without, until the loss is found, and
 * at last one after the other.
 */
export async function tried<W>(
  contest: Contest<W>,
  { arranged, value, orders, spent }: Prepared<W>,
  isWithout: boolean,
): Promise<Trial> {
  const { guard, beside, foundBy, begun, holdsOne = false, dies = false, isFree = dies } = contest;
  const isTaken = (of: Guard): boolean => beside?.test(of) === true || (isWithout && guard.test(of));
  const losses = new Set<Loss>();
  let held = 0;
  const judge = async (ended: Ended): Promise<void> => {
    for (const loss of ended.losses) losses.add(loss);
    if (foundBy === doneTwice && ended.spent > spent) losses.add(doneTwice);
    // What is left of one that died only the audit can judge.
    if (!isFree && ended.losses.length === 0 && !orders.has(await ended.picture())) losses.add(noOrder);
  };
  const isOver = (): boolean => isWithout && losses.has(foundBy);
  for (const role of begun === undefined && !holdsOne ? roles : (['one'] as const))
    for (let place = 1; !isOver(); place += 1) {
      const before = held;
      for (let death = dies ? 1 : Infinity; !isOver(); death += 1) {
        const ended = await lived(contest, { arranged, value, held: role, place, death, isTaken });
        if (!ended.wasHeld) break;
        held += 1;
        await judge(ended);
        if (!ended.hasDied) break;
      }
      if (held === before) break;
    }
  if (isWithout)
    for (const order of [roles, roles.toReversed()])
      if (!isOver()) await judge(await lived(contest, { arranged, value, order, isTaken }));
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

interface Ended {
  readonly hasDied: boolean;
  readonly wasHeld: boolean;
  readonly spent: number;
  readonly losses: readonly Loss[];
  /** How both ended, and all that is then in the table, as text that is the same where it is. */
  readonly picture: () => Promise<string>;
}

async function lived<W>(contest: Contest<W>, way: Way<W>): Promise<Ended> {
  const { heldAt = contest.guard, begun, clocks = [0, 0], afterwards } = contest;
  const { arranged, value, isTaken } = way;
  const world = await arranged.copy();
  const ends: Record<Role, string> = { one: '', other: '' };
  const losses: Loss[] = [];
  let hasDied = false;
  let wasHeld = false;
  const act = async (role: Role, more: Partial<Parameters<typeof contestant>[2]> = {}): Promise<void> => {
    const at = world.later(clocks[role === 'one' ? 0 : 1]);
    const as = contestant(world, contest.areTwins === true ? 'twin' : role, {
      at,
      guard: heldAt,
      isTaken,
      ...more,
    });
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
  const last = contestant(world, 'afterwards', {
    ...{ at: world.now, guard: heldAt, isTaken: () => false },
  });
  await afterwards?.(last, value).catch(() => losses.push(stuck));
  const { findings } = await audit(world.table, { at: world.later(60_000) });
  return {
    ...{ hasDied, wasHeld, spent: world.spent },
    losses: [...losses, ...findings.map(({ check }) => check)],
    picture: async () => `${ends.one} ${ends.other}\n${await world.picture()}`,
  };
}
