import { audit } from '../../../infra/audit/audit.ts';
import type { Guard } from '../simulation/controls.ts';
import type { Contest, Loss, Prepared } from './contest.ts';
import { contestant } from './contestant.ts';
import { World } from './world.ts';

const noOrder: Loss = 'no order of the two';
const stuck: Loss = 'somebody is stuck';
/** More was done of what costs something than one after the other does: what a guard is for that only saves work. */
const doneTwice: Loss = 'done twice';

export interface Trial {
  /** How often somebody was held with the guard. */
  readonly held: number;
  readonly losses: ReadonlySet<Loss>;
}

type Role = 'one' | 'other';
const roles = ['one', 'other'] as const;

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
