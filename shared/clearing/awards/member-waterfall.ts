import { compareDecimal } from '../../kernel/decimal.ts';
import { promise } from '../solver/network.ts';
import { dutyOf, type TradeTerms } from '../eligibility/trade-terms.ts';
import { sellerPrice, type TickWaterfall } from './waterfall.ts';

/**
 * What a member of a pool pays for a lot that the pool bought at `pool`: the seller's one price, with the duties of the
 * member's own destination. A pool trades at the terms of the destination with the highest duties, so no member pays
 * more than the pool's landed price. Where duties are lower and the floor is border-adjusted, what is then missing to
 * the floor is owed as levy.
 */
export function memberWaterfall(pool: TickWaterfall, poolTerms: TradeTerms, own: TradeTerms): TickWaterfall {
  if (compareDecimal(own.dutyRate, poolTerms.dutyRate) === 0) return pool;
  const price = sellerPrice(pool);
  const duties = dutyOf(price, own);
  // Under a hard floor nothing is missing, and where a floor has no effect it is 0.
  const missing = own.floor - price - duties;
  const levy = missing > 0n ? missing : 0n;
  const landed = price + duties + levy;
  promise(landed <= pool.landed, "no member pays more than its pool's landed price");
  return { ...pool, duties, levy, landed };
}
