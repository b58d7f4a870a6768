import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { verifyChain } from '../../../infra/verify/contract-chain.ts';
import { chainDocument, chainDocumentSchema } from '../../../shared/contracts/chain-document.ts';
import { concludedEvent } from '../../../shared/contracts/chain.ts';
import { reportAssay } from '../../../shared/contracts/rules/assays.ts';
import { notice, receive } from '../../../shared/contracts/rules/deliveries.ts';
import { without } from '../../../shared/kernel/without.ts';
import { aContract, dec, dlv, Life, termsOf, tonnes } from '../../support/contracts.ts';

function lived(): Life {
  const terms = termsOf({
    assay: { umpire: 'A', elements: [{ element: 'co', splittingLimit: '0.1' }] },
  });
  const life = new Life(aContract(), terms);
  const { day } = life;
  life.by('seller', (g) =>
    notice(g, dlv('A'), { quarter: '2027-Q1', quantity: tonnes('50'), shippedOn: day }),
  );
  life.by('buyer', (g) => receive(g, dlv('A'), { receivedOn: day, quantity: tonnes('50') }));
  life.by('seller', (g) => reportAssay(g, dlv('A'), [{ element: 'co', value: dec('99.8') }], 'secret'));
  return life;
}
type Json = Record<string, unknown>;
const documentFor = (standpoint: 'all' | 'seller' | 'buyer'): Json =>
  JSON.parse(
    JSON.stringify(z.encode(chainDocumentSchema, chainDocument(lived().contract, standpoint))),
  ) as Json;

/** Every place of a document that holds a value, as a JSON pointer, with a way to change it. */
function* places(value: unknown, pointer = ''): Generator<[string, (root: Json) => void]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    const at = `${pointer}/${name}`;
    if (typeof part === 'object' && part !== null) yield* places(part, at);
    else
      yield [
        at,
        (root) => {
          const steps = at.split('/').slice(1);
          const last = steps.pop()!;
          const holder = steps.reduce<Json>((found, step) => found[step] as Json, root);
          holder[last] = typeof part === 'number' ? part + 1 : typeof part === 'string' ? `${part}0` : 'x';
        },
      ];
  }
}

describe('the document of a contract’s chain', () => {
  it.for(['all', 'seller', 'buyer'] as const)('holds for the reader that is %s', (standpoint) => {
    const report = verifyChain(documentFor(standpoint));
    expect(report.failures).toEqual([]);
    expect(report.checked).toContain('5 events, each hashed with the one before it, in order of time');
    const words = '1 quarter: ask + floor uplift + scarcity + duties + levy = landed';
    expect(report.checked.includes(words)).toBe(standpoint !== 'buyer');
  });

  it.for(['all', 'seller', 'buyer'] as const)(
    'fails wherever a single value of it is changed: %s',
    (standpoint) => {
      let changed = 0;
      for (const [pointer, change] of places(documentFor(standpoint))) {
        const tampered = documentFor(standpoint);
        change(tampered);
        if (pointer === '/format') continue;
        expect(verifyChain(tampered).verified, pointer).toBe(false);
        changed += 1;
      }
      expect(changed).toBeGreaterThan(60);
    },
  );

  it('fails where an event is left out, repeated or moved', () => {
    const events = (of: Json): unknown[] => of['events'] as unknown[];
    for (const tamper of [
      (all: unknown[]) => all.splice(2, 1),
      (all: unknown[]) => all.splice(2, 0, all[2]),
      (all: unknown[]) => all.reverse(),
      (all: unknown[]) => all.pop(),
      (all: unknown[]) => all.splice(0),
    ]) {
      const document = documentFor('buyer');
      tamper(events(document));
      expect(verifyChain(document).verified).toBe(false);
    }
  });

  it('says what it cannot check: terms of a contract from before there were secrets, to one of its sides', () => {
    const terms = without(aContract(), 'salt', 'events');
    const old = { ...terms, events: [concludedEvent(terms)] };
    const encoded = (standpoint: 'all' | 'buyer'): unknown =>
      JSON.parse(JSON.stringify(z.encode(chainDocumentSchema, chainDocument(old, standpoint))));
    expect(verifyChain(encoded('all'))).toMatchObject({ verified: true });
    const report = verifyChain(encoded('buyer'));
    expect(report.verified).toBe(true);
    expect(report.checked[0]).toBe('The terms are not shown: their digest is taken as given');
    expect(encoded('buyer')).not.toHaveProperty('terms');
  });

  it('is not misled by a document that is no chain at all', () => {
    for (const document of [{}, { events: 7 }, { contract: 'x', opened: {}, events: [{}] }])
      expect(verifyChain(document).verified).toBe(false);
  });
});
