import type { Item } from '../../../shared/store/table/item.ts';
import type { Evidence } from '../evidence.ts';

/** Where an item lies: its partition is `AREA#of`, and both of its keys are its `key`. */
export interface Place {
  readonly of: string;
  readonly sk: string;
  readonly key: string;
}

/** Takes what an item of its area says into evidence; throws where the item cannot be read. */
export type Reader = (evidence: Evidence, item: Item, place: Place) => void;

/** By area. */
export type Readers = Readonly<Record<string, Reader>>;

/** One more of what belongs to something. */
export function appendTo<T>(lists: Map<string, T[]>, of: string, one: T): void {
  const list = lists.get(of);
  if (list === undefined) lists.set(of, [one]);
  else list.push(one);
}
