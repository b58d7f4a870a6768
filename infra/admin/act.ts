import { ulid } from 'ulid';
import { userInfo } from 'node:os';
import { idPrefixes } from '../../shared/kernel/ids.ts';
import { instantOf, millisecondsOf } from '../../shared/kernel/time.ts';
import type { Act } from '../../shared/store/table/act.ts';
import { marketClock } from '../local/market-clock.ts';
import type { Table } from '../../shared/store/table/table.ts';

/** Whoever sits at the terminal, at the market's own time; records say so. */
export async function operatorAct(table: Table): Promise<Act> {
  // On AWS nobody can have moved the clock; the item is not there then.
  const { now } = await marketClock(table);
  return {
    subject: `operator:${userInfo().username}`,
    organisation: 'operator',
    at: now(),
    newId: (kind) => `${idPrefixes[kind]}_${ulid(millisecondsOf(instantOf(Date.now())))}`,
  };
}
