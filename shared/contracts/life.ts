import { isZero } from '../kernel/arithmetic.ts';
import { addDays, dateOf } from '../kernel/time.ts';
import type { AmendmentChange } from './amendment.ts';
import type { ContractEvent } from './contract-events.ts';
import type { Contract } from './contract.ts';
import type { Delivery } from './delivery.ts';
import { deliveryAfter, isOfDelivery } from './fold-deliveries.ts';
import { foldMakeUp } from './make-up.ts';
import type { StandardTermsTerms } from './standard-terms.ts';
import type {
  Amendment,
  Condition,
  ContractState,
  ContractStatus,
  ForceMajeure,
  OfQuarter,
} from './state.ts';

/** The status that the events have brought a contract to; the terms are not needed for it. */
export function statusOf(events: readonly Pick<ContractEvent, 'type'>[]): ContractStatus {
  let status: ContractStatus = 'concluded';
  let activated = false;
  for (const { type } of events) {
    if (type === 'activated') activated = true;
    if (type === 'activated' || type === 'resumed') status = activated ? 'active' : 'concluded';
    else if (type === 'suspended' || type === 'terminated' || type === 'completed') status = type;
  }
  return status;
}

/**
 * A contract as its events have left it.
 *
 * @param terms the version of the product's standard terms that the contract keeps; `plainTerms` where there is none.
 */
export function stateOf(contract: Contract, terms: StandardTermsTerms): ContractState {
  const { id, events } = contract;
  const deliveries = new Map<string, Delivery>();
  const amendments = new Map<string, Amendment>();
  const declarations = new Map<string, ForceMajeure>();
  const nominations: OfQuarter[] = [];
  const declined: OfQuarter[] = [];
  const settled = new Map<string, number>();
  const settledYears = new Map<number, number>();
  let agreed: Agreed = {
    terms,
    schedule: contract.schedule,
    conditions: conditionsOf(contract, terms),
  };
  let suspendedBy: string | undefined;
  let ended: ContractState['ended'];

  const conditionBecomes = (condition: string, state: Condition['state']): void => {
    agreed = {
      ...agreed,
      conditions: agreed.conditions.map((each) => (each.id === condition ? { ...each, state } : each)),
    };
  };
  const amendmentBecomes = (amendment: string, status: Amendment['status']): Amendment => {
    const found = known(amendments, amendment);
    amendments.set(amendment, { ...found, status });
    return found;
  };

  for (const event of events) {
    if (isOfDelivery(event)) {
      deliveries.set(event.delivery, deliveryAfter(id, deliveries.get(event.delivery), event));
      continue;
    }
    switch (event.type) {
      case 'condition_met':
        conditionBecomes(event.condition, 'met');
        break;
      case 'condition_waived':
        conditionBecomes(event.condition, 'waived');
        break;
      case 'suspended':
        suspendedBy = event.by?.subject;
        break;
      case 'resumed':
        suspendedBy = undefined;
        break;
      case 'quantity_nominated':
        nominations.push({ quarter: event.quarter, quantity: event.quantity });
        break;
      case 'take_declined':
        declined.push({ quarter: event.quarter, quantity: event.quantity });
        break;
      case 'force_majeure_declared': {
        const { declaration, side, quarter, quantity, reason } = event;
        declarations.set(declaration, { declaration, side, quarter, quantity, reason, acknowledged: false });
        break;
      }
      case 'force_majeure_acknowledged':
        declarations.set(event.declaration, {
          ...known(declarations, event.declaration),
          acknowledged: true,
        });
        break;
      case 'amendment_proposed': {
        const { amendment, side, changes, reason, at } = event;
        amendments.set(amendment, {
          id: amendment,
          side,
          changes,
          reason,
          status: 'proposed',
          proposedAt: at,
        });
        break;
      }
      case 'amendment_accepted':
        agreed = amendmentBecomes(event.amendment, 'accepted').changes.reduce(amended, agreed);
        break;
      case 'amendment_rejected':
        amendmentBecomes(event.amendment, 'rejected');
        break;
      case 'amendment_withdrawn':
        amendmentBecomes(event.amendment, 'withdrawn');
        break;
      case 'quarter_settled':
        settled.set(event.quarter, event.sequence);
        break;
      case 'year_settled':
        settledYears.set(event.year, event.sequence);
        break;
      case 'terminated':
        ended = { on: dateOf(event.at), wasBinding: event.cause !== 'longstop' };
        break;
      case 'concluded':
      case 'activated':
      case 'completed':
        break;
    }
  }

  return {
    id,
    status: statusOf(events),
    unit: contract.schedule[0]!.quantity.unit,
    ...agreed,
    deliveries: [...deliveries.values()],
    forceMajeure: [...declarations.values()]
      .filter(({ acknowledged }) => acknowledged)
      .map(({ quarter, quantity }) => ({ quarter, quantity })),
    declarations: [...declarations.values()],
    nominations,
    declined,
    amendments: [...amendments.values()],
    settled,
    settledYears,
    ...foldMakeUp(events, deliveries),
    suspendedBy,
    ended,
  };
}

type Agreed = Pick<ContractState, 'terms' | 'schedule' | 'conditions'>;

/** Of the standard terms, and of the offer itself: what a site that does not produce yet must bring about. */
const conditionsOf = ({ concludedAt, conditional }: Contract, terms: StandardTermsTerms): Condition[] => [
  ...(terms.conditionsPrecedent ?? []).map(({ id, side, longstopDays }): Condition => ({
    id,
    side,
    state: 'open',
    longstop: addDays(dateOf(concludedAt), longstopDays),
  })),
  ...(conditional?.conditions ?? []).map(({ id }): Condition => ({
    ...{ id, side: 'seller', state: 'open' },
    longstop: conditional!.longstop,
  })),
];

/** What was agreed, as both sides have changed it. Corrections and rejections are events of their own. */
function amended(agreed: Agreed, change: AmendmentChange): Agreed {
  const { terms, schedule, conditions } = agreed;
  switch (change.kind) {
    case 'quantity':
      return {
        ...agreed,
        schedule: isZero(change.quantity.amount)
          ? schedule.filter(({ quarter }) => quarter !== change.quarter)
          : schedule.map((entry) =>
              entry.quarter === change.quarter ? { ...entry, quantity: change.quantity } : entry,
            ),
      };
    case 'take_or_pay':
      return { ...agreed, terms: { ...terms, takeOrPay: change.takeOrPay ?? undefined } };
    case 'longstop':
      return {
        ...agreed,
        conditions: conditions.map((each) =>
          each.id === change.condition ? { ...each, longstop: change.longstop } : each,
        ),
      };
    case 'cure':
      return { ...agreed, terms: { ...terms, cureDays: change.cureDays } };
    case 'provisional_share':
      return { ...agreed, terms: { ...terms, provisionalShare: change.provisionalShare ?? undefined } };
    case 'correction':
    case 'rejection':
    case 'termination':
      return agreed;
  }
}

function known<T>(of: ReadonlyMap<string, T>, id: string): T {
  const found = of.get(id);
  if (found === undefined) throw new Error(`an event names ${id}, which nothing before it does`);
  return found;
}
