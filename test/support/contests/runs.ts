import { asked, askedAgain } from './asked.ts';
import type { Contest } from './contest.ts';
import { eachOf } from './family.ts';
import { clears, clearsAs, clearsTwice } from './workers.ts';

/*
 * A market between gate closure and its contracts. The fence alone keeps a worker that is behind from everything; so, each at
 * its own step, does what that step writes. And what a chunk takes is held by the chunk, its contracts and its orders, each.
 */

const fence = 'MARKET CONTROL fenceIs';
const phase = 'MARKET CONTROL phaseIs';
const steps = [
  'PENDING * exists',
  'CLEARING CLEARING statusIs',
  'MARKET RUN doesNotExist',
  'MARKET USE doesNotExist',
  'MARKET USE lastCounted',
];
const any = (guards: readonly string[]): RegExp =>
  new RegExp(`^(${guards.join('|').replaceAll('*', '\\*')})$`);

/** What they come to depends on who is first; it must be sound, whoever is. */
const twoWorkers = { arrange: asked, one: clears, other: clearsTwice, isFree: true };

export const runContests: readonly Contest<string>[] = [
  ...eachOf(
    {
      keeps: 'what a run has done from a worker that is behind',
      foundBy: 'somebody is stuck',
      ...twoWorkers,
      beside: any([phase, ...steps]),
    },
    fence,
  ),
  ...eachOf(
    {
      keeps: 'the phases of a run in their order',
      foundBy: 'somebody is stuck',
      ...twoWorkers,
      beside: any([fence]),
    },
    phase,
  ),
  ...steps.flatMap((step) =>
    eachOf(
      {
        keeps: 'that a run is opened, decided and closed once',
        foundBy: step.startsWith('MARKET') ? 'origin_use' : 'somebody is stuck',
        ...{ ...twoWorkers, afterwards: clears },
        ...(step.endsWith('lastCounted') ? { arrange: askedAgain } : {}),
        beside: any([fence, phase, ...steps.filter((other) => other !== step)]),
      },
      step,
    ),
  ),
  ...eachOf(
    {
      keeps: 'what stands of a market from whoever believes to be its first',
      foundBy: 'somebody is stuck',
      ...twoWorkers,
    },
    'MARKET CONTROL doesNotExist',
  ),
  ...eachOf(
    {
      keeps: 'that one of two workers clears',
      foundBy: 'done twice',
      ...{ arrange: asked, one: clearsAs('one'), other: clearsAs('other') },
      ...{ heldAt: / phaseIs$/, isFree: true },
    },
    'MARKET CONTROL leaseIsFree',
  ),
  ...eachOf(
    {
      keeps: 'that a chunk is applied once',
      foundBy: 'order_balance',
      ...{ ...twoWorkers, heldAt: /^PLAN GUARD /, holdsOne: true },
    },
    'PLAN GUARD doesNotExist',
    'CONTRACT CONTRACT doesNotExist',
    'CONTRACT EVENT doesNotExist',
    'ORDER ORDER isOpen',
    'ORDER ORDER lockedBy',
    'ORDER ORDER versionIs',
    'ORDER ORDER stillThere',
  ),
];
