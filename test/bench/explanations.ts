import { awardsOf } from '../../shared/clearing/awards/award.ts';
import { readBook } from '../../shared/clearing/book.ts';
import { Eligibility } from '../../shared/clearing/eligibility/eligibility.ts';
import { explain } from '../../shared/clearing/explanation/explain.ts';
import { facetsOf } from '../../shared/clearing/eligibility/facets.ts';
import { clearQuarters } from '../../shared/clearing/quarters.ts';
import { aMarket, type MarketBuilder } from '../support/market.ts';
import { seeded } from './networks.ts';
import { progress, report } from './report.ts';

/** What explaining every order costs, against all of the clearing before it, on attributed markets. */
export function benchExplanations(sizes: readonly number[] = [100, 300, 1000]): void {
  for (const size of sizes) {
    progress(`explanations: ${size} offers × ${size} bids`);
    const { clearing, explaining } = measureExplanations(size);
    report({
      name: `explain every order of ${size}²`,
      ...{ value: explaining, unit: 'ms', versus: 'the clearing itself', ratio: clearing / explaining },
    });
  }
}

function measureExplanations(size: number): { clearing: number; explaining: number } {
  const snapshot = attributedMarket(size).snapshot();
  const start = performance.now();
  const book = readBook(snapshot);
  const facets = facetsOf(snapshot, book);
  const setting = { snapshot, book, facets, eligibility: new Eligibility(snapshot, facets, book.quarters) };
  const market = clearQuarters(setting);
  const awards = awardsOf(setting, market.quarters);
  const cleared = performance.now();
  explain(setting, market, awards);
  return { clearing: cleared - start, explaining: performance.now() - cleared };
}

const countries = ['AU', 'US', 'CA', 'DE', 'BR', 'ZA', 'MY', 'VN'];

/**
 * A market under a floor of 110 and a standards rule, of which about a fifth of the pairs may trade: asks of 60 to 160,
 * limits of 100 to 180, a share of the offers without certificate, of the bids with an origin cap of 65 %.
 */
function attributedMarket(size: number): MarketBuilder {
  const draw = seeded(size);
  const market = aMarket().zone().floor('110.00').scheme().rule();
  for (let index = 0; index < size; index++) {
    const name = `o${index}x`;
    const ask = ((6000 + draw(10_000)) / 100).toFixed(2);
    market.offer(name, countries[draw(countries.length)]!, ask, String(1 + draw(1000)), {
      ...(draw(3) === 0 && { destinations: ['DE', 'US'] }),
    });
    if (draw(10) < 7) market.certificate(name, { level: draw(4) === 0 ? '50' : '100' });
  }
  for (let index = 0; index < size; index++)
    market.bid(
      `b${index}x`,
      ['DE', 'US', 'JP'][draw(3)]!,
      ((10_000 + draw(8000)) / 100).toFixed(2),
      String(1 + draw(1000)),
      {
        ...(draw(2) === 0 && { maxOriginShare: '0.65' }),
        ...(draw(4) === 0 && { excludedOrigins: [countries[draw(countries.length)]!] }),
        ...(draw(5) === 0 && { requires: [{ scheme: 'irma', level: '100' }] }),
      },
    );
  return market;
}
