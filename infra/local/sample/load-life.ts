import * as z from 'zod';
import type { CalendarDate } from '../../../shared/kernel/time.ts';
import type { Participant } from './client.ts';
import { amountOf } from './figure.ts';
import type { SampleMarket } from './market.ts';

/** What orders refer to, and what acts on a clearing: before any order is posted. */
export async function loadRules(
  first: Participant,
  second: Participant,
  { product, life }: SampleMarket,
): Promise<void> {
  const { series, standardTerms, programme } = life;
  if (standardTerms && (await first.find(`/v1/products/${product.id}/terms`)) === undefined)
    await first.put(`/v1/products/${product.id}/terms`, standardTerms);
  if (series) {
    const path = `/v1/reference-prices/${series.id}`;
    if ((await first.find(path)) === undefined) await first.put(path, series.terms);
    await first.post(`points/${series.id}`, `${path}/points`, { points: series.points });
  }
  if (programme) {
    const { id } = created(await first.post(`programme/${product.id}`, '/v1/programmes', programme));
    await second.post(`programme-approval/${product.id}`, `/v1/programmes/${id}/approve`);
  }
}

/** The first delivery under a contract: shipped ahead of its quarter, weighed, assayed by both sides, taken and paid in part. */
export async function loadDelivery(
  market: SampleMarket,
  people: { readonly seller: Participant; readonly administrator: Participant },
  buyerOf: (organisation: string) => Participant,
  today: CalendarDate,
): Promise<void> {
  const { product } = market;
  const { firstDelivery } = product;
  if (firstDelivery === undefined) return;
  const contracts = z
    .array(contractView)
    .parse(await people.seller.list(`/v1/contracts?product=${product.id}`));
  const [contract] = contracts;
  if (contract === undefined) throw new Error(`${product.id}: there is no contract to deliver under`);
  const buyer = buyerOf(contract.buyer);
  const quantity = { amount: amountOf(firstDelivery.quantity), unit: product.unit };
  const deliveries = `/v1/contracts/${contract.id}/deliveries`;
  const act = (who: Participant, name: string, path: string, body?: unknown) =>
    who.post(`delivery/${product.id}/${name}`, path, body);
  const noticed = await act(people.seller, 'notice', deliveries, {
    ...{ quarter: contract.schedule[0].quarter, quantity, shippedOn: today },
  });
  const delivery = `${deliveries}/${created(noticed).id}`;
  await act(buyer, 'receipt', `${delivery}/receipt`, { receivedOn: today, quantity });
  const values = [{ element: product.mineral, value: amountOf(firstDelivery.assay) }];
  await act(people.seller, 'assay-seller', `${delivery}/assays`, { values });
  await act(buyer, 'assay-buyer', `${delivery}/assays`, { values });
  await act(buyer, 'acceptance', `${delivery}/accept`);
  await people.administrator.post('settlements', '/v1/settlements');
}

const contractView = z.object({
  id: z.string(),
  buyer: z.string(),
  schedule: z.tuple([z.object({ quarter: z.string() })], z.unknown()),
});
const created = (answer: unknown): { id: string } => z.object({ id: z.string() }).parse(answer);
