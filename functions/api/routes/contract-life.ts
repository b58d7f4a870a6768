import * as z from 'zod';
import { chainDocument, chainDocumentSchema } from '../../../shared/contracts/chain-document.ts';
import { progressOf } from '../../../shared/contracts/progress.ts';
import { meetCondition, waiveCondition } from '../../../shared/contracts/rules/conditions.ts';
import {
  acknowledgeForceMajeure,
  declareForceMajeure,
  decline,
  nominate,
} from '../../../shared/contracts/rules/quantities.ts';
import { resume, suspend, terminate } from '../../../shared/contracts/rules/standing.ts';
import { textSchema } from '../../../shared/kernel/ids.ts';
import { quantitySchema } from '../../../shared/kernel/quantity.ts';
import { quarterSchema } from '../../../shared/kernel/quarter.ts';
import { ok } from '../../../shared/kernel/result.ts';
import { dateOf } from '../../../shared/kernel/time.ts';
import { roles } from '../../../shared/reference/role.ts';
import { readSeenContract } from '../../../shared/store/contracts/contract-acts.ts';
import { revokedOf } from '../../../shared/store/orders/delivery-certificates.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import {
  actProblems,
  contractActors,
  contractPath,
  ofCondition,
  ofContract,
  ofDeclaration,
  progressAfter,
  progressAnswer,
  reasonBody,
} from './contract-acts.ts';

const ofQuarter = z.strictObject({ quarter: quarterSchema, quantity: quantitySchema });
const performing = [
  ...actProblems,
  'contract_suspended',
  'conditions_open',
  'unknown_reference',
  'quantity_exceeded',
  'unit_not_convertible',
] as const;

export const contractLifeRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'getContractProgress',
    method: 'get',
    path: `${contractPath}/progress`,
    tag: 'Contracts',
    summary: 'What has become of a contract',
    description:
      'Its terms as amended, its conditions, and how the quantity of each quarter was used: accepted, declined, force majeure, rejected, pending; the rest is open until the quarter has ended, and the seller’s shortfall then. The parts add up to what is contracted.',
    roles,
    params: ofContract,
    responses: progressAnswer,
    problems: ['not_found'],
    read: async ({ caller, at, params: { id } }, { table }) => {
      const seen = await readSeenContract(table, id, caller);
      return seen.ok
        ? ok(
            reply(200, progressOf(seen.value.state, dateOf(at)), {
              version: seen.value.contract.events.length,
            }),
          )
        : seen;
    },
  }),
  defineRoute({
    operationId: 'getContractChain',
    method: 'get',
    path: `${contractPath}/chain`,
    tag: 'Contracts',
    summary: 'The hash chain of a contract',
    description:
      "All that the reader needs to compute every hash again, with salted hashes in the place of what it may not see. `npm run verify` checks the answer. The head is the contract's whole history in one number.",
    roles,
    params: ofContract,
    responses: { 200: { description: 'The chain', schema: chainDocumentSchema } },
    problems: ['not_found'],
    read: async ({ caller, params: { id } }, { table }) => {
      const seen = await readSeenContract(table, id, caller);
      if (!seen.ok) return seen;
      const { contract, standpoint } = seen.value;
      return ok(reply(200, chainDocument(contract, standpoint), { version: contract.events.length }));
    },
  }),
  defineRoute({
    operationId: 'meetCondition',
    method: 'post',
    path: `${contractPath}/conditions/{condition}/meet`,
    tag: 'Contracts',
    summary: 'State that a condition precedent is met',
    description:
      'By the side whose task it is, or by an administrator. With the last one the contract is active.',
    roles: contractActors,
    params: ofCondition,
    body: z.strictObject({ evidence: textSchema(1000) }),
    responses: progressAnswer,
    problems: [...actProblems, 'longstop_passed'],
    write: (request, dependencies) =>
      progressAfter(request, dependencies, (ground) =>
        meetCondition(ground, request.params.condition, request.body.evidence),
      ),
  }),
  defineRoute({
    operationId: 'waiveCondition',
    method: 'post',
    path: `${contractPath}/conditions/{condition}/waive`,
    tag: 'Contracts',
    summary: 'Do without a condition precedent',
    description: 'By the side whose task it is not.',
    roles: contractActors,
    params: ofCondition,
    responses: progressAnswer,
    problems: [...actProblems, 'longstop_passed'],
    write: (request, dependencies) =>
      progressAfter(request, dependencies, (ground) => waiveCondition(ground, request.params.condition)),
  }),
  defineRoute({
    operationId: 'nominateQuantity',
    method: 'post',
    path: `${contractPath}/nominations`,
    tag: 'Contracts',
    summary: 'Fix the quantity of a quarter within the tolerance',
    description: "By the holder of the tolerance's option, before the quarter begins; the last one counts.",
    roles: contractActors,
    params: ofContract,
    body: ofQuarter,
    responses: progressAnswer,
    problems: [...performing, 'quarter_begun'],
    write: (request, dependencies) =>
      progressAfter(request, dependencies, (ground) => nominate(ground, request.body)),
  }),
  defineRoute({
    operationId: 'declineQuantity',
    method: 'post',
    path: `${contractPath}/declines`,
    tag: 'Contracts',
    summary: 'State what will not be taken of a quarter',
    description:
      'By the buyer, so that the seller need not ship it. Take-or-pay counts it as not taken; what is neither tendered nor declined is the seller’s shortfall.',
    roles: contractActors,
    params: ofContract,
    body: ofQuarter.extend({ reason: textSchema(1000).optional() }),
    responses: progressAnswer,
    problems: performing,
    write: (request, dependencies) =>
      progressAfter(request, dependencies, (ground) =>
        decline(
          ground,
          { quarter: request.body.quarter, quantity: request.body.quantity },
          request.body.reason,
        ),
      ),
  }),
  defineRoute({
    operationId: 'declareForceMajeure',
    method: 'post',
    path: `${contractPath}/force-majeure`,
    tag: 'Contracts',
    summary: 'Declare force majeure for a quantity of a quarter',
    description: 'By either side. It excuses once the other side or an administrator has acknowledged it.',
    roles: contractActors,
    params: ofContract,
    body: ofQuarter.extend({ reason: textSchema(1000) }),
    responses: progressAnswer,
    problems: performing,
    write: (request, dependencies) =>
      progressAfter(request, dependencies, (ground) => {
        const { reason, ...terms } = request.body;
        return declareForceMajeure(ground, dependencies.newId('event'), terms, reason);
      }),
  }),
  defineRoute({
    operationId: 'acknowledgeForceMajeure',
    method: 'post',
    path: `${contractPath}/force-majeure/{declaration}/acknowledge`,
    tag: 'Contracts',
    summary: 'Acknowledge force majeure',
    roles: contractActors,
    params: ofDeclaration,
    responses: progressAnswer,
    problems: actProblems,
    write: (request, dependencies) =>
      progressAfter(request, dependencies, (ground) =>
        acknowledgeForceMajeure(ground, request.params.declaration),
      ),
  }),
  defineRoute({
    operationId: 'suspendContract',
    method: 'post',
    path: `${contractPath}/suspend`,
    tag: 'Contracts',
    summary: 'Suspend a contract',
    description: 'Nothing new is delivered under it; what is under way is finished.',
    roles: ['administrator'],
    params: ofContract,
    body: reasonBody,
    responses: progressAnswer,
    problems: actProblems,
    write: (request, dependencies) =>
      progressAfter(request, dependencies, (ground) => suspend(ground, request.body.reason)),
  }),
  defineRoute({
    operationId: 'resumeContract',
    method: 'post',
    path: `${contractPath}/resume`,
    tag: 'Contracts',
    summary: 'Resume a suspended contract',
    roles: ['administrator'],
    params: ofContract,
    body: reasonBody,
    responses: progressAnswer,
    problems: actProblems,
    write: (request, dependencies) =>
      progressAfter(request, dependencies, (ground) => resume(ground, request.body.reason)),
  }),
  defineRoute({
    operationId: 'terminateContract',
    method: 'post',
    path: `${contractPath}/terminate`,
    tag: 'Contracts',
    summary: 'Terminate a contract',
    description:
      'By the buyer once a certificate that the contract relies on has been revoked; of a suspended contract by an administrator other than the one who suspended it. Both sides together do it by an amendment.',
    roles: contractActors,
    params: ofContract,
    body: reasonBody,
    responses: progressAnswer,
    problems: [...actProblems, 'no_ground', 'second_approval_required'],
    write: (request, dependencies) =>
      progressAfter(request, dependencies, async (ground, { contract }) =>
        terminate(ground, request.body.reason, await revokedOf(dependencies.table, contract)),
      ),
  }),
];
