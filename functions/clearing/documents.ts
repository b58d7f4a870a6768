import { canonicalJson, sha256 } from '../../shared/kernel/digest.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';

/** A document of a clearing: where it lies, and the SHA-256 that the table keeps of it. */
export interface Document {
  readonly key: string;
  readonly sha256: string;
}

/** Stores a JSON value in its canonical form. */
export async function putDocument(objects: ObjectStore, key: string, value: unknown): Promise<Document> {
  const text = canonicalJson(value);
  await objects.put(key, new TextEncoder().encode(text));
  return { key, sha256: sha256(text) };
}

/** Reads a document back, or throws: one that is not what was stored decides nothing. */
export async function readDocument(objects: ObjectStore, document: Document): Promise<unknown> {
  const bytes = await objects.get(document.key);
  if (bytes === undefined || sha256(bytes) !== document.sha256)
    throw new Error(`${document.key} is missing or is not what was stored`);
  return JSON.parse(new TextDecoder().decode(bytes));
}
