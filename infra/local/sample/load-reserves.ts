import * as z from 'zod';
import type { Participant } from './client.ts';
import type { projectTermsSchema } from '../../../shared/reference/project.ts';
import type { SampleReserves } from './reserves.ts';
import { zoneId } from './partners.ts';

/** Where the zone's supply comes from, and what stands in its way. */
export async function loadDisruptions(
  first: Participant,
  { watched, flows, disruptions }: SampleReserves,
): Promise<void> {
  if ((await first.find(`/v1/products/${watched.id}`)) === undefined)
    await first.put(`/v1/products/${watched.id}`, watched.terms);
  for (const { product, terms } of flows) await first.put(`/v1/zones/${zoneId}/flows/${product}`, terms);
  await first.post('disruptions', '/v1/disruptions/import', { disruptions });
}

/** Stockpiles as their operators propose them, and what lies there: all of it approved by somebody else. */
export async function loadStockpiles(
  operatorOf: (organisation: string) => Participant,
  administrator: Participant,
  { stockpiles }: SampleReserves,
): Promise<void> {
  for (const { id: name, operator: organisation, terms, openings } of stockpiles) {
    const operator = operatorOf(organisation);
    const { id } = created(await operator.post(`stockpile/${name}`, '/v1/stockpiles', terms));
    await administrator.post(`stockpile-approval/${name}`, `/v1/stockpiles/${id}/approve`);
    for (const opening of openings) {
      const of = `${name}/${opening.product}`;
      const lot = created(await operator.post(`lot/${of}`, `/v1/stockpiles/${id}/lots`, { opening }));
      await administrator.post(`lot-verification/${of}`, `/v1/stock-lots/${lot.id}/verify`);
    }
  }
}

/** What members have in the stockpiles, and what they ask to be lent by a use that somebody has verified. */
export async function loadMembers(
  as: Readonly<Record<'operatorOf' | 'memberOf', (organisation: string) => Participant>>,
  idOf: (organisation: string) => string,
  administrator: Participant,
  { stockpiles, accounts, loans }: SampleReserves,
): Promise<void> {
  const opened = new Map<string, string>();
  const placeOf = async (name: string): Promise<{ operator: Participant; stockpile: string }> => {
    const found = stockpiles.find(({ id }) => id === name);
    if (found === undefined) throw new Error(`no stockpile ${name} in the sample`);
    const operator = as.operatorOf(found.operator);
    // The same call once more: its answer says which one it was.
    const { id } = created(await operator.post(`stockpile/${name}`, '/v1/stockpiles', found.terms));
    return { operator, stockpile: id };
  };
  for (const { stockpile: name, member, product, terms, allocated, passedOn } of accounts) {
    const of = `${name}/${product}/${idOf(member)}`;
    const { operator, stockpile } = await placeOf(name);
    const own = as.memberOf(member);
    const body = { ...terms, member: idOf(member) };
    const { id } = created(
      await operator.post(`account/${of}`, `/v1/stockpiles/${stockpile}/accounts`, body),
    );
    opened.set(`${product}/${member}`, id);
    await own.post(`account-acceptance/${of}`, `/v1/stock-accounts/${id}/accept`);
    await operator.post(`allocation/${of}`, `/v1/stock-accounts/${id}/allocate`, { quantity: allocated });
    if (passedOn !== undefined)
      await own.post(`transfer/${of}`, `/v1/stock-accounts/${id}/transfer`, {
        ...{ to: opened.get(`${product}/${passedOn.to}`), quantity: passedOn.quantity },
      });
  }
  for (const { stockpile: name, borrower, product, need, terms } of loans) {
    const { stockpile } = await placeOf(name);
    const own = as.memberOf(borrower);
    const needs = `/v1/stockpiles/${stockpile}/needs`;
    // What is declared anew has to be verified anew.
    const declared = needsOf.parse(await own.list(needs));
    if (!declared.some((each) => each.product === product)) await own.put(`${needs}/${product}`, need);
    const { annualUse, essential } = need;
    const verify = `${needs}/${product}/${idOf(borrower)}/verify`;
    const of = `${name}/${product}/${idOf(borrower)}`;
    await administrator.post(`need-verification/${of}`, verify, { annualUse, essential });
    await own.post(`loan/${of}`, `/v1/stockpiles/${stockpile}/loans`, terms);
  }
}

const needsOf = z.array(z.object({ product: z.string() }));

/** Records that say nothing of each other. */
const atOnce = 8;

/** What countries make, for the map of capacity against demand: nobody has verified that each is a project. */
export async function loadProjects(
  registrar: Participant,
  projects: readonly z.input<typeof projectTermsSchema>[],
): Promise<void> {
  for (let start = 0; start < projects.length; start += atOnce)
    await Promise.all(
      projects.slice(start, start + atOnce).map((project) => {
        const { mineral, stage, country } = project;
        return registrar.post(`project/${mineral}/${stage}/${country}`, '/v1/projects', project);
      }),
    );
}

const created = (answer: unknown): { id: string } => z.object({ id: z.string() }).parse(answer);
