import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { readdirSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { canonicalJson, sha256 } from '../../../shared/kernel/digest.ts';
import type { Noun } from '../../../shared/store/table/item-versions.ts';
import { migrations } from '../../../shared/store/table/item-versions.ts';
import { readers } from './readers.ts';

export const folder = new URL('../../fixtures/stored-shapes/', import.meta.url);

/** Items of one noun as some release stored them, and of that release the digest of its schemas. */
export interface Fixture {
  readonly noun: Noun;
  readonly version: number;
  /** As `digestOf` makes it; of shapes that were taken from data of an older release, unknown. */
  readonly schema: string | null;
  readonly items: readonly Record<string, AttributeValue>[];
}

export const fixtureName = (noun: string, version: number): string =>
  `${noun.replaceAll(' ', '-')}.v${version}.json`;

export const fixtures = (): Fixture[] =>
  readdirSync(folder)
    .sort()
    .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Fixture);

export const currentVersion = (noun: Noun): number => (migrations[noun]?.length ?? 0) + 1;

/** Says nothing of what may be stored. */
const words = new Set(['description', 'examples', 'title', 'id', '$schema', 'deprecated']);

/** Of what the schemas of a noun take in, as JSON schema, without its words. */
export const digestOf = (noun: Noun): string =>
  sha256(canonicalJson(readers[noun].schemas.map((schema) => withoutWords(z.toJSONSchema(schema, taken)))));

const taken = { io: 'input', unrepresentable: 'any', reused: 'inline' } as const;
const withoutWords = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema), (name, value: unknown) =>
    typeof value === 'string' && words.has(name) ? undefined : value,
  );
