import type { ObjectStore } from '../../shared/store/service/object-store.ts';

/** Documents in memory. */
export class MemoryObjects implements ObjectStore {
  readonly documents = new Map<string, Uint8Array>();

  put(key: string, bytes: Uint8Array): Promise<void> {
    this.documents.set(key, bytes);
    return Promise.resolve();
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.documents.get(key));
  }
}
