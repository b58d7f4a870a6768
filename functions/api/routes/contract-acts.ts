import * as z from 'zod';
import { progressOf, progressSchema } from '../../../shared/contracts/progress.ts';
import type { Ground, Ruled } from '../../../shared/contracts/rules/ground.ts';
import { generatedIdSchema, nameIdSchema, textSchema } from '../../../shared/kernel/ids.ts';
import type { ProblemCode } from '../../../shared/kernel/problem.ts';
import { dateOf } from '../../../shared/kernel/time.ts';
import type { HeldContract, SeenContract } from '../../../shared/store/contracts/contract-acts.ts';
import { actOnContract } from '../../../shared/store/contracts/contract-acts.ts';
import type { Plan } from '../../../shared/store/table/effect.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import type { ApiDependencies } from '../dependencies.ts';
import type { ApiRequest } from '../route.ts';
import { reply } from '../route.ts';

/** What the routes of a contract's life have in common. */

export const contractPath = '/v1/contracts/{id}';
/** Those who act on contracts; on which side, the contract says. */
export const contractActors = ['producer', 'buyer', 'stockpile-operator', 'administrator'] as const;

export const ofContract = z.strictObject({ id: generatedIdSchema('contract') });
export const ofCondition = ofContract.extend({ condition: nameIdSchema });
export const ofDeclaration = ofContract.extend({ declaration: generatedIdSchema('event') });
export const ofDelivery = ofContract.extend({ delivery: generatedIdSchema('delivery') });
export const ofAmendment = ofContract.extend({ amendment: generatedIdSchema('amendment') });

export const reasonBody = z.strictObject({ reason: textSchema(1000) });

/** What any act on a contract may be refused with. */
export const actProblems = ['not_found', 'contract_ended', 'invalid_state'] as const satisfies ProblemCode[];

type Rule = (ground: Ground, held: HeldContract) => Ruled | Promise<Ruled>;

export const acting = (
  { caller, at, params }: ApiRequest<{ readonly id: string }, unknown, unknown>,
  { table }: ApiDependencies,
  rule: Rule,
): Plan<SeenContract> => actOnContract({ table, caller, at, id: params.id }, rule);

/** An act that answers with what has become of the contract. */
export const progressAfter = (
  request: ApiRequest<{ readonly id: string }, unknown, unknown>,
  dependencies: ApiDependencies,
  rule: Rule,
) =>
  mapPlan(acting(request, dependencies, rule), ({ state, contract }) =>
    reply(200, progressOf(state, dateOf(request.at)), { version: contract.events.length }),
  );

export const progressAnswer = {
  200: { description: 'What has become of the contract', schema: progressSchema },
} as const;
