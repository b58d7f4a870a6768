import * as z from 'zod';
import {
  assayValuesSchema,
  deliveryNoticeSchema,
  deliveryReceiptSchema,
  deliverySchema,
} from '../../../shared/contracts/delivery.ts';
import type { Ground, Ruled } from '../../../shared/contracts/rules/ground.ts';
import { deliveryOf } from '../../../shared/contracts/rules/ground.ts';
import { decideAsUmpire, reportAssay } from '../../../shared/contracts/rules/assays.ts';
import { accept, notice, receive, reject, withdraw } from '../../../shared/contracts/rules/deliveries.ts';
import { sha256 } from '../../../shared/kernel/digest.ts';
import type { ProblemCode } from '../../../shared/kernel/problem.ts';
import { must, ok } from '../../../shared/kernel/result.ts';
import { roles } from '../../../shared/reference/role.ts';
import type { HeldContract } from '../../../shared/store/contracts/contract-acts.ts';
import { readSeenContract } from '../../../shared/store/contracts/contract-acts.ts';
import { lapseOf } from '../../../shared/store/orders/delivery-certificates.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { ApiDependencies } from '../dependencies.ts';
import type { ApiRequest, Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import {
  acting,
  actProblems,
  contractActors,
  contractPath,
  ofContract,
  ofDelivery,
  reasonBody,
} from './contract-acts.ts';

const path = `${contractPath}/deliveries`;
const one = `${path}/{delivery}`;
const answer = { 200: { description: 'The delivery', schema: deliverySchema } } as const;
const values = z.strictObject({ values: assayValuesSchema });

const sealed = "One side's assay is shown to the other once both are in.";

/** An act on one delivery, answered with how it then stands. */
const after = (
  request: ApiRequest<{ readonly id: string; readonly delivery: string }, unknown, unknown>,
  dependencies: ApiDependencies,
  rule: (ground: Ground, held: HeldContract) => Ruled | Promise<Ruled>,
) =>
  mapPlan(acting(request, dependencies, rule), ({ state }) =>
    reply(200, must(deliveryOf(state, request.params.delivery))),
  );

/** What is alike in all the acts on one delivery. */
const act = (operationId: string, verb: string, summary: string, ...problems: ProblemCode[]) =>
  ({
    operationId,
    method: 'post',
    path: `${one}/${verb}`,
    tag: 'Contracts',
    summary,
    roles: contractActors,
    params: ofDelivery,
    responses: answer,
    problems: [...actProblems, ...problems],
  }) as const;

export const deliveryRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'noticeDelivery',
    method: 'post',
    path,
    tag: 'Contracts',
    summary: 'Give notice of a shipment',
    description:
      'By the seller: so much, dry, for this quarter. With `makeUp`, from what earlier years have paid for and not taken.',
    roles: contractActors,
    params: ofContract,
    body: deliveryNoticeSchema,
    responses: { 201: { description: 'The delivery', schema: deliverySchema } },
    problems: [
      ...actProblems,
      'contract_suspended',
      'conditions_open',
      'unknown_reference',
      'quantity_exceeded',
      'make_up_unavailable',
      'unit_not_convertible',
    ],
    write: (request, dependencies) => {
      const id = dependencies.newId('delivery');
      return mapPlan(
        acting(request, dependencies, (ground) => notice(ground, id, request.body)),
        ({ state }) =>
          reply(201, must(deliveryOf(state, id)), {
            location: `/v1/contracts/${request.params.id}/deliveries/${id}`,
          }),
      );
    },
  }),
  defineRoute({
    operationId: 'listDeliveries',
    method: 'get',
    path,
    tag: 'Contracts',
    summary: 'List the deliveries of a contract',
    description: `In the order of their notices. ${sealed}`,
    roles,
    params: ofContract,
    paged: true,
    responses: { 200: { description: 'A page of deliveries', schema: listOf(deliverySchema) } },
    problems: ['not_found'],
    read: async ({ caller, params: { id }, page }, { table }) => {
      const seen = await readSeenContract(table, id, caller);
      if (!seen.ok) return seen;
      const { deliveries } = seen.value.state;
      const start = page.after === undefined ? 0 : Number(page.after);
      const end = start + page.limit;
      return ok(
        reply(200, {
          items: deliveries.slice(start, end),
          next: deliveries.length > end ? String(end) : null,
        }),
      );
    },
  }),
  defineRoute({
    operationId: 'getDelivery',
    method: 'get',
    path: one,
    tag: 'Contracts',
    summary: 'Read one delivery',
    description: sealed,
    roles,
    params: ofDelivery,
    responses: answer,
    problems: ['not_found'],
    read: async ({ caller, params: { id, delivery } }, { table }) => {
      const seen = await readSeenContract(table, id, caller);
      if (!seen.ok) return seen;
      const found = deliveryOf(seen.value.state, delivery);
      return found.ok ? ok(reply(200, found.value)) : found;
    },
  }),
  defineRoute({
    ...act('withdrawDelivery', 'withdraw', 'Withdraw a notice of what has not arrived'),
    body: reasonBody,
    write: (request, dependencies) =>
      after(request, dependencies, (ground) =>
        withdraw(ground, request.params.delivery, request.body.reason),
      ),
  }),
  defineRoute({
    ...act('receiveDelivery', 'receipt', 'State what has arrived', 'unit_not_convertible'),
    description:
      'By the buyer, or an administrator: weighed wet, with its moisture; rounded down to the gram.',
    body: deliveryReceiptSchema,
    write: (request, dependencies) =>
      after(request, dependencies, (ground) => receive(ground, request.params.delivery, request.body)),
  }),
  defineRoute({
    ...act('reportAssay', 'assays', "Report one side's assay", 'assay_incomplete'),
    description: `${sealed} Elements at most the splitting limit apart are settled at their mean, the others by the umpire.`,
    body: values,
    write: (request, dependencies) => {
      const salt = sha256(dependencies.newId('event'), dependencies.newId('event'));
      return after(request, dependencies, (ground) =>
        reportAssay(ground, request.params.delivery, request.body.values, salt),
      );
    },
  }),
  defineRoute({
    ...act('decideAsUmpire', 'umpire', "Record the umpire's assay", 'assay_incomplete'),
    description:
      'By an administrator, for the disputed elements alone: the middle one of the three results stands.',
    body: values,
    write: (request, dependencies) =>
      after(request, dependencies, (ground) =>
        decideAsUmpire(ground, request.params.delivery, request.body.values),
      ),
  }),
  defineRoute({
    ...act('acceptDelivery', 'accept', 'Accept a delivery', 'assay_open', 'quantity_exceeded'),
    description:
      'By the buyer, or an administrator who decides for it. If the certificates that the contract asks for did not stand on the day of shipment, the delivery is `blocked` instead, until they are renewed: accept it again then.',
    write: (request, dependencies) =>
      after(request, dependencies, async (ground, { contract }) => {
        const { delivery } = request.params;
        const found = deliveryOf(ground.state, delivery);
        if (!found.ok) return found;
        const lapse = await lapseOf(dependencies.table, contract, found.value.notice.shippedOn);
        return accept(ground, delivery, lapse);
      }),
  }),
  defineRoute({
    ...act('rejectDelivery', 'reject', 'Reject a delivery', 'assay_open', 'no_ground', 'cure_period_running'),
    description:
      'By the buyer, where an element lies beyond its reject limit or certificates were not cured in time; by an administrator, who decides on what no measurement does. Both sides together do it by an amendment.',
    body: reasonBody,
    write: (request, dependencies) =>
      after(request, dependencies, (ground) => reject(ground, request.params.delivery, request.body.reason)),
  }),
];
