import * as z from 'zod';
import { canonicalJson, sha256 } from '../kernel/digest.ts';
import { without } from '../kernel/without.ts';
import type { Floor } from './floor.ts';
import { floorSchema } from './floor.ts';

/** SHA-256 of the version's canonical JSON (RFC 8785) without its own hash; the hash before is part of it. */
const floorHash = (floor: Floor): string =>
  sha256(canonicalJson(z.encode(floorSchema, without(floor, 'hash'))));

/** The version with its place in the floor's chain: behind `previous`, or first. */
export function chained(floor: Floor, previous: Floor | undefined): Floor {
  const own = without(floor, 'hash', 'previousHash');
  const linked: Floor = previous?.hash === undefined ? own : { ...own, previousHash: previous.hash };
  return { ...linked, hash: floorHash(linked) };
}

/** Whether these versions, oldest first, are a floor's whole history, unchanged and in order. */
export const chainHolds = (versions: readonly Floor[]): boolean =>
  versions.every(
    (floor, index) =>
      floor.version === index + 1 &&
      floor.previousHash === versions[index - 1]?.hash &&
      floor.hash === floorHash(floor),
  );
