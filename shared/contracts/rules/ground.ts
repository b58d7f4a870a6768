import type { Problem } from '../../kernel/problem.ts';
import { problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Instant } from '../../kernel/time.ts';
import type { Product } from '../../reference/product.ts';
import type { EventBody } from '../contract-events.ts';
import type { Delivery } from '../delivery.ts';
import type { ContractState } from '../state.ts';

/** Who acts on a contract, and when. Administrators act for neither side. */
export interface Actor {
  readonly role: 'seller' | 'buyer' | 'administrator';
  readonly organisation: string;
  readonly subject: string;
  readonly at: Instant;
}

/** What a rule looks at: the contract as it stands, its product, and who wants something. */
export interface Ground {
  readonly state: ContractState;
  readonly product: Pick<Product, 'unit' | 'containedFactor'>;
  readonly actor: Actor;
}

/** The events that an act becomes. */
export type Ruled = Result<EventBody[]>;

/** Of each type of event what the act itself says; when it was, and by whom, is added. */
type Done = EventBody extends infer E ? (E extends EventBody ? Omit<E, 'at' | 'by'> : never) : never;

/** An event of the act. */
export const did = ({ at, organisation, subject, role }: Actor, done: Done): EventBody => ({
  ...done,
  at,
  by: { organisation, subject, role },
});

/** The first of some objections, or none. */
export const objection = (...objections: readonly (Problem | undefined)[]): Problem | undefined =>
  objections.find((each) => each !== undefined);

export const unless = (objected: Problem | undefined, events: () => EventBody[]): Ruled =>
  objected === undefined ? ok(events()) : fail(objected);

const names = { seller: 'the seller', buyer: 'the buyer', administrator: 'an administrator' } as const;

/** Errors: forbidden. */
export const mustBe = ({ role }: Actor, ...allowed: readonly Actor['role'][]): Problem | undefined =>
  allowed.includes(role)
    ? undefined
    : problem('forbidden', `This is for ${allowed.map((each) => names[each]).join(' or ')} to do.`);

/** Neither completed nor terminated. Errors: contract_ended. */
export const mustStand = ({ status }: ContractState): Problem | undefined =>
  status === 'completed' || status === 'terminated'
    ? problem('contract_ended', `The contract is ${status}.`)
    : undefined;

/** Bound by it, and not suspended. Errors: contract_ended, contract_suspended, conditions_open. */
export function mustPerform(state: ContractState): Problem | undefined {
  const over = mustStand(state);
  if (over !== undefined) return over;
  if (state.status === 'suspended')
    return problem('contract_suspended', 'The contract is suspended: nothing new is delivered under it.');
  const open = state.conditions.filter((condition) => condition.state === 'open').map(({ id }) => id);
  return open.length === 0
    ? undefined
    : problem('conditions_open', `Conditions precedent are open: ${open.join(', ')}.`);
}

/** What goes before the first performance of a contract that had no conditions to meet. */
export const activation = ({ state: { status }, actor: { at } }: Ground): EventBody[] =>
  status === 'concluded' ? [{ type: 'activated', at }] : [];

/** The other side of the contract. */
export const otherSide = (side: 'seller' | 'buyer'): 'seller' | 'buyer' =>
  side === 'seller' ? 'buyer' : 'seller';

/** A delivery of the contract. Errors: not_found. */
export function deliveryOf({ deliveries }: ContractState, id: string): Result<Delivery> {
  const delivery = deliveries.find((each) => each.id === id);
  return delivery === undefined
    ? fail(problem('not_found', 'The contract has no such delivery.'))
    : ok(delivery);
}

/** Errors: invalid_state. */
export const mustBeIn = (
  delivery: Delivery,
  ...statuses: readonly Delivery['status'][]
): Problem | undefined =>
  statuses.includes(delivery.status)
    ? undefined
    : problem('invalid_state', `The delivery is ${delivery.status}.`);
