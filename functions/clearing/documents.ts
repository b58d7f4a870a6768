import { canonicalPieces, sha256 } from '../../shared/kernel/digest.ts';
import type { ObjectStore } from '../../shared/store/service/object-store.ts';
import type { ClearingDependencies } from './dependencies.ts';
import { Unclearable } from './unclearable.ts';

/** A document of a clearing: where it lies, and the SHA-256 that the table keeps of it. */
export interface Document {
  readonly key: string;
  readonly sha256: string;
}

/** Characters that are encoded together. */
const TOGETHER = 1 << 20;

/**
 * A JSON value in its canonical form, as UTF-8.
 *
 * @throws {Unclearable} market_too_large, where it has more than `most` bytes: nobody could read it.
 */
export function documentBytes(value: unknown, most: number): Uint8Array {
  const parts: Buffer[] = [];
  let length = 0;
  let text = '';
  const flush = (): void => {
    const part = Buffer.from(text);
    text = '';
    length += part.length;
    if (length > most)
      throw new Unclearable(
        'market_too_large',
        `a document of the clearing would have more than ${most} bytes, which nobody could read whole`,
      );
    parts.push(part);
  };
  for (const piece of canonicalPieces(value)) {
    text += piece;
    if (text.length >= TOGETHER) flush();
  }
  flush();
  return Buffer.concat(parts);
}

/**
 * Stores a JSON value in its canonical form.
 *
 * @throws {Unclearable} market_too_large, as {@link documentBytes}.
 */
export const putDocument = (
  { objects, settings }: Pick<ClearingDependencies, 'objects' | 'settings'>,
  key: string,
  value: unknown,
): Promise<Document> => putBytes(objects, key, documentBytes(value, settings.documentBytes));

/** Stores a document that has been encoded. */
export async function putBytes(objects: ObjectStore, key: string, bytes: Uint8Array): Promise<Document> {
  await objects.put(key, bytes);
  return { key, sha256: sha256(bytes) };
}

/** Reads a document back, or throws: one that is not what was stored decides nothing. */
export async function readBytes(objects: ObjectStore, document: Document): Promise<Uint8Array> {
  const bytes = await objects.get(document.key);
  if (bytes === undefined || sha256(bytes) !== document.sha256)
    throw new Error(`${document.key} is missing or is not what was stored`);
  return bytes;
}

export const parsedDocument = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));
