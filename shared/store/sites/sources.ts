import type { Instant } from '../../kernel/time.ts';
import type { Site } from '../../reference/site.ts';
import { isStockLot } from '../../orders/offer.ts';
import type { SiteWithCertificates } from './certificates.ts';
import { certificateAt, readSiteWithCertificates } from './certificates.ts';
import { keys } from '../table/keys.ts';
import { productOf } from '../reference/reference.ts';
import { readSite, siteAt } from './sites.ts';
import { readStockLot, stockLotSeries } from '../stockpiles/stock-lots.ts';
import type { Table } from '../table/table.ts';
import { versionAsOf } from '../table/versioned.ts';

/** The end that a lot's certificates have. */
const forGood = '9999-12-31';

/**
 * What material comes from, in the terms in which rules ask about it: a site with its certificates, or a stock lot with
 * those relied on when it was taken in. A lot's certificates show how it was made, so they count after they have ended;
 * one that is suspended or revoked since does not. As they are, or as they stood at an instant.
 */
export async function readSource(
  table: Table,
  source: string,
  at?: Instant,
): Promise<SiteWithCertificates | undefined> {
  if (!isStockLot(source)) return readSiteWithCertificates(table, source, at);
  const lot = await (at === undefined
    ? readStockLot(table, source)
    : versionAsOf(table, stockLotSeries, keys.stockLot(source).pk, at));
  if (lot === undefined) return undefined;
  const [product, site, certificates] = await Promise.all([
    productOf(table, lot.product),
    lot.site === undefined
      ? undefined
      : at === undefined
        ? readSite(table, lot.site)
        : siteAt(table, lot.site, at),
    Promise.all(lot.certificates.map((id) => certificateAt(table, id, at))),
  ]);
  const { id, owner: organisation, origin: country, recordedAt, recordedBy, version } = lot;
  const asSite: Site = {
    ...{ id, organisation, name: id, country, stage: product.stage, minerals: [product.mineral] },
    verified: lot.verified || site?.verified === true,
    ...{ recordedAt, recordedBy, version },
  };
  return {
    site: asSite,
    certificates: certificates
      .filter((certificate) => certificate !== undefined)
      .map((certificate) => ({ ...certificate, site: id, validTo: forGood })),
  };
}
