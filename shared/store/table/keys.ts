import { contractKeys } from './keys/contracts.ts';
import { marketKeys } from './keys/markets.ts';
import { referenceKeys } from './keys/reference.ts';
import { serviceKeys } from './keys/service.ts';
import { siteKeys } from './keys/sites.ts';
import { stockKeys } from './keys/stock.ts';
import { supportKeys } from './keys/support.ts';
import { warningKeys } from './keys/warning.ts';

/**
 * Every key of the table, built explicitly: a whole entity is accepted as a key by structural typing, and only
 * the engine complains. `docs/table-design.md` lists the access pattern that each one serves.
 */
export const keys = {
  ...referenceKeys,
  ...siteKeys,
  ...marketKeys,
  ...contractKeys,
  ...supportKeys,
  ...stockKeys,
  ...warningKeys,
  ...serviceKeys,
} as const;
