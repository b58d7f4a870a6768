import type { Certificate } from '../../standards/certificate.ts';
import type { Requirement } from '../../standards/standards-rule.ts';
import type { Grade, GradeStandards } from '../../stockpiles/grade.ts';
import { gradeOf } from '../../stockpiles/grade.ts';
import type { StockLot } from '../../stockpiles/stock-lot.ts';
import { readCertificate } from '../sites/certificates.ts';
import { readAll, readReference } from '../reference/reference.ts';
import { readStockpile } from './stockpiles.ts';
import type { Table } from '../table/table.ts';

/** What grades are compared by in a stockpile, today. */
export async function gradeStandards(table: Table, stockpileId: string): Promise<GradeStandards> {
  const [schemes, stockpile] = await Promise.all([
    readAll(table, 'scheme'),
    readStockpile(table, stockpileId),
  ]);
  const zone = stockpile && (await readReference(table, 'zone', stockpile.zone));
  return {
    schemes: new Map(schemes.map((scheme) => [scheme.id, scheme])),
    barredOrigins: zone?.barredOrigins ?? [],
  };
}

export const shownBy = ({ scheme, level }: Certificate): Requirement => ({
  scheme,
  ...(level === undefined ? {} : { level }),
});

/** The grade of what goes out of these lots: what replaces it is the same or better. */
export async function gradeOfLots(table: Table, lots: readonly StockLot[]): Promise<Grade> {
  const ids = [...new Set(lots.flatMap(({ certificates }) => certificates))];
  const [schemes, certificates] = await Promise.all([
    readAll(table, 'scheme'),
    Promise.all(ids.map((id) => readCertificate(table, id))),
  ]);
  // One that has been suspended or revoked since the lot came in shows nothing; one that has ended does.
  const shown = new Map(
    certificates.flatMap((certificate) =>
      certificate?.status === 'active' ? [[certificate.id, shownBy(certificate)] as const] : [],
    ),
  );
  return gradeOf(
    lots.map(({ purity, shelfLifeEnds, certificates: relied }) => ({
      ...{ purity, shelfLifeEnds },
      shows: relied.flatMap((id) => shown.get(id) ?? []),
    })),
    new Map(schemes.map((scheme) => [scheme.id, scheme])),
  );
}
