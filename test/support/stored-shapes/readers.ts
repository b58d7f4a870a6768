import * as z from 'zod';
import { contractTermsSchema } from '../../../shared/contracts/chain.ts';
import { contractEventSchema } from '../../../shared/contracts/contract-events.ts';
import { settlementSchema } from '../../../shared/contracts/settlement/settlement.ts';
import {
  clearingOutcomeSchema,
  marketFiguresSchema,
  marketRunSchema,
} from '../../../shared/clearing/documents/record.ts';
import { outcomeSchema } from '../../../shared/clearing/outcome/outcome.ts';
import { entrySchema } from '../../../shared/ledger/entry.ts';
import { lineSchema } from '../../../shared/ledger/statement.ts';
import { bidSchema } from '../../../shared/orders/bid.ts';
import { offerSchema } from '../../../shared/orders/offer.ts';
import { poolSchema } from '../../../shared/orders/pool.ts';
import { fixingSchema, pricePointSchema } from '../../../shared/pricing/reference-price.ts';
import { projectSchema, siteProjectSchema } from '../../../shared/reference/project.ts';
import { siteSchema } from '../../../shared/reference/site.ts';
import { alertSchema } from '../../../shared/risk/alert.ts';
import { assessmentSchema } from '../../../shared/risk/assessment.ts';
import { noticeSchema } from '../../../shared/risk/notice.ts';
import { publicationSchema } from '../../../shared/risk/publication.ts';
import { webhookDeliverySchema, webhookSchema } from '../../../shared/risk/subscription.ts';
import { certificateSchema } from '../../../shared/standards/certificate.ts';
import { accountSchema } from '../../../shared/stockpiles/account.ts';
import { loanSchema } from '../../../shared/stockpiles/loan.ts';
import { movementSchema } from '../../../shared/stockpiles/movement.ts';
import { needSchema, releaseSchema } from '../../../shared/stockpiles/release.ts';
import { standingRuleSchema } from '../../../shared/stockpiles/standing-rule.ts';
import { stockLotSchema } from '../../../shared/stockpiles/stock-lot.ts';
import { designationSchema, agreementSchema } from '../../../shared/support/agreement.ts';
import { supportSettlementSchema } from '../../../shared/support/quarter-settlement.ts';
import { fundingRoundSchema } from '../../../shared/support/round.ts';
import { clearingDocumentsSchema, pendingClearingSchema } from '../../../shared/store/clearing/clearings.ts';
import { controlSchema } from '../../../shared/store/clearing/control.ts';
import { exchangeReadSchema } from '../../../shared/store/risk/exchange-reads.ts';
import type { Item } from '../../../shared/store/table/item.ts';
import type { Noun } from '../../../shared/store/table/item-versions.ts';
import { plain, readBody } from '../../../shared/store/table/item-body.ts';
import { orderStateSchema } from '../../../shared/store/orders/order-item.ts';
import { yearItemSchema } from '../../../shared/store/clearing/origin-use.ts';
import { stockpileBidSchema } from '../../../shared/store/stockpiles/pace.ts';
import { referenceSeries } from '../../../shared/store/reference/reference.ts';
import { siteEntrySchema } from '../../../shared/store/sites/site-offers.ts';
import { contractBookSchema } from '../../../shared/store/stockpiles/stock-contracts.ts';
import { readDeliveryItem } from '../../../shared/store/risk/webhooks.ts';

/** By which an item of a noun is read, and the schemas that say what its shape is. */
interface Reader {
  readonly schemas: readonly z.ZodType[];
  readonly read: (item: Item) => unknown;
}

const body = (schema: z.ZodType): Reader => ({
  schemas: [schema],
  read: (item) => readBody(schema, item),
});
const whole = (schema: z.ZodType): Reader => ({ schemas: [schema], read: (item) => schema.parse(item) });
const field = (item: Item, name: string, schema: z.ZodType): unknown =>
  item[name] === undefined ? undefined : z.decode(schema, plain(item[name]));

const references = Object.fromEntries(
  Object.entries(referenceSeries).map(([kind, { schema }]) => [kind, body(schema)]),
) as Record<keyof typeof referenceSeries, Reader>;

export const readers: Readonly<Record<Noun, Reader>> = {
  ...references,
  site: body(siteSchema),
  certificate: body(certificateSchema),
  'site offer': whole(siteEntrySchema),
  'site project': whole(siteProjectSchema),
  order: {
    schemas: [orderStateSchema, offerSchema, bidSchema],
    // The quantities in a body are made of the state beside it, in lots of the product: here only the state is read.
    read: (item) => orderStateSchema.parse(item),
  },
  pool: body(poolSchema),
  control: whole(controlSchema),
  'market run': body(marketRunSchema),
  'origin use': whole(yearItemSchema),
  outcome: body(outcomeSchema),
  clearing: {
    schemas: [clearingOutcomeSchema, marketFiguresSchema, clearingDocumentsSchema],
    read: (item) => ({
      outcome: field(item, 'outcome', clearingOutcomeSchema),
      figures: field(item, 'figures', marketFiguresSchema),
      documents: field(item, 'documents', clearingDocumentsSchema),
    }),
  },
  'pending clearing': whole(pendingClearingSchema),
  contract: body(contractTermsSchema),
  'contract event': body(contractEventSchema),
  'ledger entry': body(entrySchema),
  'ledger line': body(lineSchema),
  settlement: body(settlementSchema),
  'price point': body(pricePointSchema),
  fixing: body(fixingSchema),
  agreement: body(agreementSchema),
  designation: body(designationSchema),
  'support settlement': body(supportSettlementSchema),
  'funding round': body(fundingRoundSchema),
  'stock lot': body(stockLotSchema),
  'contract book': whole(contractBookSchema),
  'stock movement': body(movementSchema),
  'stock need': body(needSchema),
  'stockpile bid': whole(stockpileBidSchema),
  'stock account': body(accountSchema),
  'stock loan': body(loanSchema),
  'stock release': body(releaseSchema),
  'standing rule': body(standingRuleSchema),
  assessment: body(assessmentSchema),
  publication: body(publicationSchema),
  'exchange read': body(exchangeReadSchema),
  project: body(projectSchema),
  alert: body(alertSchema),
  webhook: body(webhookSchema),
  delivery: { schemas: [webhookDeliverySchema], read: readDeliveryItem },
  notice: body(noticeSchema),
};
