import type { Contract } from '../contracts/contract.ts';
import { stateOf } from '../contracts/life.ts';
import { forceMajeureIn, isLive, performanceIn } from '../contracts/quantities.ts';
import { endOf } from '../contracts/settlement/settle-quarter.ts';
import type { StandardTermsTerms } from '../contracts/standard-terms.ts';
import type { ContractState } from '../contracts/state.ts';
import { sumOf, zero } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import type { Quarter } from '../kernel/quarter.ts';
import { firstDayOf } from '../kernel/quarter.ts';
import type { CalendarDate } from '../kernel/time.ts';
import type { AssessedContract } from './assessment-inputs.ts';

/**
 * A contract as an assessment counts it: its schedule as amended, nothing of quarters that begin after it was
 * terminated; what has been accepted, and what of quarters that have ended is late.
 *
 * @param groupOf the group of related parties of an organisation
 */
export function assessedContract(
  contract: Contract,
  terms: StandardTermsTerms,
  today: CalendarDate,
  groupOf: (organisation: string) => string,
): AssessedContract {
  const state = stateOf(contract, terms);
  const ended = contract.events.find(({ type }) => type === 'terminated');
  const hasEnded = (quarter: Quarter): boolean => ended !== undefined && ended.at < firstDayOf(quarter);
  return {
    ...{ bid: contract.bid, takes: contract.buyer },
    ...{ contract: contract.id, origin: contract.origin, destination: contract.destination },
    ...{ seller: groupOf(contract.seller), buyer: groupOf(contract.buyer) },
    parties: [contract.seller, contract.buyer],
    isOver: state.status === 'completed' || state.status === 'terminated',
    isConditional: state.conditions.some((condition) => condition.state === 'open'),
    quarters: state.schedule
      .filter(({ quarter }) => !hasEnded(quarter))
      .map(({ quarter }) => {
        const performance = performanceIn(state, quarter);
        return {
          ...{ quarter, quantity: performance.contracted, accepted: performance.accepted },
          late: endOf(quarter) <= today ? lateIn(state, quarter) : zero,
          forceMajeure: forceMajeureIn(state, quarter),
        };
      }),
    certificates: contract.certificates.map(({ id, validTo }) => ({ id, validTo })),
  };
}

/** Of a quarter that has ended: what came after it or is still on its way, what was rejected, and what is missing. */
function lateIn(state: ContractState, quarter: Quarter): Decimal {
  const { rejected, shortfall } = performanceIn(state, quarter);
  const after = state.deliveries
    .filter((delivery) => delivery.quarter === quarter && delivery.notice.makeUp !== true && isLive(delivery))
    .filter(({ receipt }) => receipt === undefined || receipt.receivedOn >= endOf(quarter))
    .map(({ finalQuantity, provisionalQuantity }) => (finalQuantity ?? provisionalQuantity).amount);
  return sumOf([...after, rejected, shortfall]);
}
