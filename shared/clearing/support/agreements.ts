import type { ContractTerms } from '../../contracts/chain.ts';
import { priceOf } from '../../pricing/product-terms.ts';
import type { Agreement } from '../../support/agreement.ts';
import { agreementOfContract } from '../../support/agreement.ts';
import type { AwardTerms } from '../documents/conclude.ts';
import type { Snapshot } from '../snapshot.ts';

/**
 * The agreement that supports a contract of a support round: what each unit is topped up by, on what is delivered. Its
 * exposure is known to the cent. Its id follows from the contract's.
 */
export function agreementFor(
  snapshot: Snapshot,
  contract: ContractTerms,
  award: AwardTerms,
): Agreement | undefined {
  const { id: contractId, programme: id } = contract;
  if (id === undefined) return undefined;
  const programme = snapshot.programmes?.find((each) => each.id === id);
  const [first] = award.schedule;
  const last = contract.schedule.at(-1);
  const { site } = contract;
  if (programme === undefined || first === undefined || last === undefined || site === undefined)
    throw new Error(
      `${contractId} is supported by a programme that is not in the snapshot, or comes from a stock lot`,
    );
  return {
    id: agreementOfContract(contractId),
    ...{ programme: id, programmeVersion: programme.version },
    basis: { kind: 'contract', contract: contractId, clearing: snapshot.clearing },
    ...{ producer: contract.seller, site, origin: contract.origin, product: contract.product },
    strike: programme.strike,
    gap: priceOf(first.waterfall.support, snapshot.product),
    caps: contract.schedule.map(({ quarter, quantity }) => ({ quarter, quantity })),
    reserved: contract.totals.support,
    from: contract.schedule[0]!.quarter,
    to: last.quarter,
    ...{ concludedAt: contract.concludedAt, status: 'active', version: 1 },
  };
}
