/** Which part of a list is wanted: at most `limit` items behind the position `after`. */
export interface PageRequest {
  readonly limit: number;
  readonly after?: string | undefined;
}

/** Part of a list. `next` is the position to go on behind, `null` at the end; a page may be short of its limit. */
export interface Page<T> {
  readonly items: T[];
  readonly next: string | null;
}
