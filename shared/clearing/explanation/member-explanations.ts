import type { Quarter } from '../../kernel/quarter.ts';
import type { QuarterQuantity } from '../../orders/delivery.ts';
import { conditionCodes } from '../../orders/conditions.ts';
import { quantityOf } from '../../pricing/product-terms.ts';
import type { Award, AwardedQuarter } from '../awards/award.ts';
import { lotsFrom } from '../book.ts';
import type { OrderExplanation } from './explain.ts';
import type { QuarterExplanation } from './explanation.ts';
import { takesPart, type Absences } from '../members.ts';
import { detailOf, type MarketCause } from '../eligibility/refusal.ts';
import { sentenceOf, type QuarterFacts } from './sentence.ts';
import type { BookBid, BookMember, Snapshot } from '../snapshot.ts';
import { wordsOf } from './words.ts';

type Binding = QuarterExplanation['binding'];

/**
 * Why each member of a pool got what it got, by member. What bound the pool's bid bound its members, but for what
 * would tell one of another: that some member is related to a seller.
 */
export function explainMembers(
  snapshot: Snapshot,
  awards: readonly Award[],
  absences: Absences,
  orders: ReadonlyMap<string, OrderExplanation>,
): Map<string, OrderExplanation> {
  const bids = new Map(snapshot.bids.map((bid) => [bid.id, bid]));
  const awarded = awardedToMembers(awards);
  return new Map(
    (snapshot.members ?? []).map((member) => {
      const bid = bids.get(member.bid);
      const ofBid = orders.get(member.bid);
      if (bid === undefined || ofBid === undefined)
        throw new Error(`the snapshot lacks the bid of ${member.id}`);
      const whole = member.remaining.flatMap((entry) => {
        const ofPool = ofBid.quarters.find(({ quarter }) => quarter === entry.quarter);
        const own = awarded.get(`${member.id} ${entry.quarter}`) ?? [];
        return ofPool === undefined
          ? []
          : [explainQuarter(snapshot, absences, { bid, member, entry, own, ofPool })];
      });
      const facts = whole.map((each) => each.facts);
      return [
        member.id,
        {
          quarters: whole.map(({ explanation }) => explanation),
          sentence: sentenceOf('bid', snapshot.product, facts),
        },
      ];
    }),
  );
}

/** By member and quarter, what it has of each award. */
function awardedToMembers(awards: readonly Award[]): Map<string, AwardedQuarter[]> {
  const awarded = new Map<string, AwardedQuarter[]>();
  for (const { member, schedule } of awards)
    if (member !== undefined)
      for (const entry of schedule) {
        const key = `${member} ${entry.quarter}`;
        awarded.set(key, [...(awarded.get(key) ?? []), entry]);
      }
  return awarded;
}

interface MemberQuarter {
  readonly bid: BookBid;
  readonly member: BookMember;
  readonly entry: QuarterQuantity;
  readonly own: readonly AwardedQuarter[];
  readonly ofPool: QuarterExplanation;
}

function explainQuarter(
  snapshot: Snapshot,
  absences: Absences,
  { bid, member, entry: { quarter, quantity }, own, ofPool }: MemberQuarter,
): { readonly facts: QuarterFacts; readonly explanation: QuarterExplanation } {
  const requested = lotsFrom(quantity, snapshot);
  const awarded = own.reduce((sum, { lots }) => sum + Number(lots), 0);
  const left = requested - awarded;
  const kept = keptBack(snapshot, absences, { bid, member, quarter, awarded, ofPool });
  const lots = (count: number) => quantityOf(BigInt(count), snapshot.product);
  const landed = own.map((entry) => entry.landed).sort((a, b) => (a < b ? -1 : 1));
  const [low, high] = [landed[0], landed.at(-1)];
  const facts: QuarterFacts = {
    quarter,
    requested: BigInt(requested),
    awarded: BigInt(awarded),
    paid: low === undefined || high === undefined ? undefined : { low, high },
    kept: left === 0 ? '' : kept.words,
    cure: '',
  };
  const isPrivate = (code: string): boolean => code === 'related_party';
  return {
    facts,
    explanation: {
      quarter,
      requested: lots(requested),
      awarded: lots(awarded),
      remaining: lots(left),
      binding: left === 0 ? [] : kept.binding,
      nearMisses:
        left === 0 || kept.alone
          ? []
          : ofPool.nearMisses
              .filter(({ code, wouldNeed }) => ![code, ...(wouldNeed.also ?? [])].some(isPrivate))
              .map((miss) => ({ ...miss, quantity: lots(left) })),
      sentence: sentenceOf('bid', snapshot.product, [facts]),
    },
  };
}

interface Kept {
  readonly binding: Binding;
  /** The end of a sentence that begins with a quantity. */
  readonly words: string;
  /** The member was kept back by what is its own, not by what bound the pool. */
  readonly alone: boolean;
}

function keptBack(
  snapshot: Snapshot,
  absences: Absences,
  {
    bid,
    member,
    quarter,
    awarded,
    ofPool,
  }: Pick<MemberQuarter, 'bid' | 'member' | 'ofPool'> & {
    readonly quarter: Quarter;
    readonly awarded: number;
  },
): Kept {
  if (!takesPart(snapshot, bid, member))
    return {
      binding: [
        {
          code: 'outside_zone',
          detail: "The member's destination is not one in which the rules of the pool's zone decide.",
        },
      ],
      words: "took no part, because its destination is not one in which the rules of the pool's zone decide",
      alone: true,
    };
  const unserved =
    absences.has(member.id, quarter) ||
    (awarded === 0 && ofPool.awarded.amount.units > 0n && minimumLeft(snapshot, member, quarter) > 0);
  if (unserved)
    return {
      binding: [
        {
          code: 'minimum_lot',
          detail: "The member's share of what the pool was awarded would have been below its minimum.",
        },
      ],
      words: 'would have been less than its own minimum as its share of what the pool was awarded',
      alone: true,
    };
  const told = ofPool.binding.filter(({ code }) => code !== 'related_party');
  const binding: Binding =
    told.length > 0 ? told : [{ code: 'insufficient_supply', detail: detailOf('insufficient_supply') }];
  return { binding, words: wordsFor(binding[0]!), alone: false };
}

/** What a member must still get in a quarter to have its minimum, in lots. */
function minimumLeft(snapshot: Snapshot, { minimum, contracted }: BookMember, quarter: Quarter): number {
  if (minimum === undefined) return 0;
  const already = contracted.find((entry) => entry.quarter === quarter);
  return lotsFrom(minimum, snapshot) - (already === undefined ? 0 : lotsFrom(already.quantity, snapshot));
}

function wordsFor({ code, detail }: Binding[number]): string {
  if (conditionCodes.some((condition) => condition === code))
    return "stayed out with its pool, by a condition of the pool's bid";
  // Two causes share one code, and their details tell them apart.
  const undelivered = code === 'price_terms_mismatch' && detail !== detailOf(code);
  return wordsOf[undelivered ? 'not_delivered' : (code as MarketCause)].bid;
}
