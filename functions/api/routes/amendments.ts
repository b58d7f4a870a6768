import * as z from 'zod';
import { amendmentTermsSchema } from '../../../shared/contracts/amendment.ts';
import { amendmentSchema } from '../../../shared/contracts/progress.ts';
import {
  acceptAmendment,
  propose,
  rejectAmendment,
  withdrawAmendment,
} from '../../../shared/contracts/rules/amendments.ts';
import type { Ground, Ruled } from '../../../shared/contracts/rules/ground.ts';
import type { ContractState } from '../../../shared/contracts/state.ts';
import { textSchema } from '../../../shared/kernel/ids.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import type { ApiDependencies } from '../dependencies.ts';
import type { ApiRequest, Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { acting, actProblems, contractPath, ofAmendment, ofContract } from './contract-acts.ts';

const path = `${contractPath}/amendments`;
const sides = ['producer', 'buyer', 'stockpile-operator'] as const;
const answer = { 200: { description: 'The amendment', schema: amendmentSchema } } as const;

const amendmentIn = ({ amendments }: ContractState, id: string) => {
  const amendment = amendments.find((each) => each.id === id);
  if (amendment === undefined) throw new Error(`the amendment ${id} is gone`);
  return { ...amendment, changes: [...amendment.changes] };
};

const after = (
  request: ApiRequest<{ readonly id: string; readonly amendment: string }, unknown, unknown>,
  dependencies: ApiDependencies,
  rule: (ground: Ground) => Ruled,
) =>
  mapPlan(acting(request, dependencies, rule), ({ state }) =>
    reply(200, amendmentIn(state, request.params.amendment)),
  );

export const amendmentRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'proposeAmendment',
    method: 'post',
    path,
    tag: 'Contracts',
    summary: 'Propose an amendment',
    description:
      'To the other side, who alone can accept it. Never the price, and never more mass than the market cleared. A `correction` of a final quantity, a `rejection` on grounds that nothing measures and a `termination` are agreed in this way, too. Read amendments in the progress of the contract.',
    roles: sides,
    params: ofContract,
    body: amendmentTermsSchema.meta({ id: 'AmendmentTerms' }),
    responses: { 201: { description: 'Proposed', schema: amendmentSchema } },
    problems: [...actProblems, 'not_amendable'],
    write: (request, dependencies) => {
      const id = dependencies.newId('amendment');
      return mapPlan(
        acting(request, dependencies, (ground) => propose(ground, id, request.body)),
        ({ state }) => reply(201, amendmentIn(state, id)),
      );
    },
  }),
  defineRoute({
    operationId: 'acceptAmendment',
    method: 'post',
    path: `${path}/{amendment}/accept`,
    tag: 'Contracts',
    summary: "Accept the other side's amendment",
    roles: sides,
    params: ofAmendment,
    responses: answer,
    problems: [...actProblems, 'not_amendable'],
    write: (request, dependencies) =>
      after(request, dependencies, (ground) => acceptAmendment(ground, request.params.amendment)),
  }),
  defineRoute({
    operationId: 'rejectAmendment',
    method: 'post',
    path: `${path}/{amendment}/reject`,
    tag: 'Contracts',
    summary: "Reject the other side's amendment",
    roles: sides,
    params: ofAmendment,
    body: z.strictObject({ reason: textSchema(1000).optional() }),
    responses: answer,
    problems: actProblems,
    write: (request, dependencies) =>
      after(request, dependencies, (ground) =>
        rejectAmendment(ground, request.params.amendment, request.body.reason),
      ),
  }),
  defineRoute({
    operationId: 'withdrawAmendment',
    method: 'post',
    path: `${path}/{amendment}/withdraw`,
    tag: 'Contracts',
    summary: 'Withdraw a proposed amendment',
    roles: sides,
    params: ofAmendment,
    responses: answer,
    problems: actProblems,
    write: (request, dependencies) =>
      after(request, dependencies, (ground) => withdrawAmendment(ground, request.params.amendment)),
  }),
];
