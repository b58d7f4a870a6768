import type { Caller } from '../../../shared/reference/caller.ts';
import type { Role } from '../../../shared/reference/role.ts';
import { caller } from '../api.ts';
import { ada, auditor, buyer, mine, otherMine, stockpile } from '../market-api.ts';

/** `own`: the organisation whose resources are asked for. `foreign`: another one of the same role. */
export type Side = 'own' | 'foreign';

/** Two organisations of each role. */
export const people: Readonly<Record<Role, Readonly<Record<Side, Caller>>>> = {
  producer: { own: mine, foreign: otherMine },
  buyer: { own: buyer, foreign: caller('magnets-us', 'buyer') },
  'stockpile-operator': { own: stockpile, foreign: caller('reserve-us', 'stockpile-operator') },
  administrator: { own: ada, foreign: caller('agency', 'administrator') },
  auditor: { own: auditor, foreign: caller('inspectorate', 'auditor') },
};

/** A third buyer, member of a pool of the first. */
export const partner: Caller = caller('motors-jp', 'buyer');
