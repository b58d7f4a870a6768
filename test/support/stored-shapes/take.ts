/**
 * Fixtures of stored shapes: of every noun whose present version has none yet, or whose file is named, items as tests
 * store them. `npm run shapes` records them with RECORD_SHAPES and calls this on the directory.
 *
 *     node test/support/stored-shapes/take.ts DIRECTORY [noun.v2.json …]
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readItem } from '../../../shared/store/table/item.ts';
import type { Noun } from '../../../shared/store/table/item-versions.ts';
import { shapeAttribute } from '../../../shared/store/table/item-versions.ts';
import { currentVersion, digestOf, fixtureName, folder } from './fixture.ts';
import { readers } from './readers.ts';
import { variantOf } from './record.ts';

type Stored = Record<string, AttributeValue>;
const most = 6;

const [directory = '.', ...again] = process.argv.slice(2);
const samples = new Map<string, Map<string, Stored>>();
for (const file of readdirSync(directory))
  for (const line of readFileSync(join(directory, file), 'utf8').split('\n').filter(Boolean)) {
    const { noun, item } = JSON.parse(line) as { noun: string; item: Stored };
    // What a test has damaged, or has of an older shape, is no sample of today's.
    if (Number(item[shapeAttribute]?.N ?? 1) !== currentVersion(noun as Noun) || !isSound(noun as Noun, item))
      continue;
    const of = samples.get(noun) ?? new Map<string, Stored>();
    const variant = variantOf(item);
    const kept = of.get(variant);
    if (kept === undefined || JSON.stringify(item).length < JSON.stringify(kept).length)
      of.set(variant, item);
    samples.set(noun, of);
  }

mkdirSync(folder, { recursive: true });
for (const noun of Object.keys(readers) as Noun[]) {
  const version = currentVersion(noun);
  const name = fixtureName(noun, version);
  const file = new URL(name, folder);
  if (existsSync(file) && !again.includes(name)) continue;
  const items = [...(samples.get(noun)?.entries() ?? [])]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, item]) => item);
  const shown = spread(items, most);
  if (shown.length === 0) {
    process.stdout.write(`${noun}: no test stores one\n`);
    continue;
  }
  const lines = shown.map((item) => `    ${withoutSecrets(JSON.stringify(item))}`).join(',\n');
  writeFileSync(
    file,
    `{\n  "noun": "${noun}",\n  "version": ${version},\n  "schema": "${digestOf(noun)}",\n  "items": [\n${lines}\n  ]\n}\n`,
  );
}

/** A webhook's secrets are of no use here, and look like what must never be committed. */
function withoutSecrets(text: string): string {
  return text.replaceAll(/whsec_[\w+/=]+/g, 'whsec_left-out');
}

/** So many of a list, the first and the last among them. */
function spread<T>(items: readonly T[], many: number): T[] {
  if (items.length <= many) return [...items];
  return Array.from(
    { length: many },
    (_, index) => items[Math.round((index * (items.length - 1)) / (many - 1))] as T,
  );
}

function isSound(noun: Noun, item: Stored): boolean {
  try {
    readers[noun].read(readItem(item));
    return true;
  } catch {
    return false;
  }
}
