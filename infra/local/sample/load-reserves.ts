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
