import type { Contract } from '../../contracts/contract.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import type { CalendarDate } from '../../kernel/time.ts';
import { supportDue } from '../../support/round.ts';
import type { Action } from '../table/action.ts';
import { agreementOf } from './agreements.ts';
import { ownerPartition } from '../table/keys/indexes.ts';
import { lookAgain } from './support-settlements.ts';
import type { Table } from '../table/table.ts';

/**
 * The agreements about a contract's site that may have settled a quarter of it: part of what settles or corrects that
 * quarter, so that nobody need remember that its support must be looked at, too.
 */
export async function siteAgreementsToLookAt(
  table: Table,
  { seller, site, product }: Contract,
  quarter: Quarter,
  today: CalendarDate,
): Promise<Action[]> {
  if (supportDue(quarter) > today) return [];
  const listed = await table.queryIndex('gsi1', ownerPartition(seller, 'agreement'));
  return (await table.getMany(listed))
    .map(agreementOf)
    .filter(
      ({ basis, site: of, product: made, caps, status }) =>
        basis.kind === 'site' &&
        status !== 'proposed' &&
        status !== 'rejected' &&
        of === site &&
        made === product &&
        caps.some((cap) => cap.quarter === quarter),
    )
    .map(({ id }) => lookAgain(id, today));
}
