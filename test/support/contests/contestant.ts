import type { Instant } from '../../../shared/kernel/time.ts';
import type { Caller } from '../../../shared/reference/caller.ts';
import type { ObjectStore } from '../../../shared/store/service/object-store.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import type { Answer } from '../api.ts';
import { Crash, type Meddler } from '../faults.ts';
import type { Guard } from '../simulation/controls.ts';
import { handle } from '../simulation/shared-api.ts';
import type { World } from './world.ts';

type Request = readonly [
  who: Caller,
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
];

/** One who acts: a client of the API, or a worker. */
export interface Contestant {
  readonly table: Table;
  readonly objects: ObjectStore;
  readonly clock: () => Instant;
  /** Tells that it has done something that costs something, and that nobody need do again. */
  readonly spend: () => void;
  /** Whether it ended before its time. */
  readonly isOver: () => boolean;
  readonly call: (...request: Request) => Promise<Answer>;
  /** Asks for something that may be refused, but must not fail. */
  readonly ask: (...request: Request) => Promise<'done' | 'refused'>;
}

export interface Hold {
  readonly place: number;
  readonly between: () => Promise<void>;
}

export interface Contending {
  readonly at: Instant;
  readonly guard: RegExp;
  readonly isTaken: (guard: Guard) => boolean;
  /** Held before so manieth write that carries the guard. */
  readonly hold?: Hold | undefined;
  /** Ends just before this write of its own. */
  readonly diesAt?: number | undefined;
}

export function contestant(
  world: World,
  name: string,
  { at, guard, isTaken, hold, diesAt }: Contending,
): Contestant {
  let carries = false;
  let places = 0;
  let writes = 0;
  const meddler: Meddler = async (send, { write }) => {
    if (write) {
      writes += 1;
      if (carries) places += 1;
      const isHeld = carries && places === hold?.place;
      carries = false;
      if (isHeld) await hold.between();
      if (writes >= (diesAt ?? Infinity)) throw new Crash();
    }
    return send();
  };
  const table = world.tableThrough(meddler, (of) => {
    carries ||= guard.test(of);
    return isTaken(of);
  });
  const surroundings = {
    ...{ table, objects: world.objects, clock: () => at, newId: world.idsOf(name) },
    wake: () => Promise.resolve(),
  };
  const call = (...request: Request): Promise<Answer> => handle(surroundings, ...request);
  return {
    ...surroundings,
    call,
    spend: () => {
      world.spent += 1;
    },
    isOver: () => writes >= (diesAt ?? Infinity),
    ask: async (...request) => {
      const { status, body } = await call(...request);
      if (status >= 500) throw new Error(JSON.stringify(body));
      return status < 300 ? 'done' : 'refused';
    },
  };
}
