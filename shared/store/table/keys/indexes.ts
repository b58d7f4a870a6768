import { shardOf } from './shards.ts';

export type OwnedKind =
  | 'offer'
  | 'bid'
  | 'site'
  | 'project'
  | 'sold'
  | 'bought'
  | 'settlement'
  | 'agreement'
  | 'stock-lot'
  | 'stock-account'
  | 'stock-loan';
export type ListedKind =
  | 'offer'
  | 'bid'
  | 'pool'
  | 'site'
  | 'project'
  | 'contract'
  | 'clearing'
  | 'settlement'
  | 'agreement'
  | 'stock-lot'
  | 'alert'
  | 'stock-account'
  | 'stock-loan'
  | 'stock-release';

/** Index attributes of an item that is listed by its owner and among all of its kind. */
export const ownedBy = (organisation: string, kind: OwnedKind, id: string) => ({
  gsi1pk: ownerPartition(organisation, kind),
  gsi1sk: id,
});
export const ownerPartition = (organisation: string, kind: OwnedKind): string =>
  `OWNER#${organisation}#${kind}`;

export const listedAs = (kind: ListedKind, id: string) => ({
  gsi2pk: listPartition(kind, shardOf(id)),
  gsi2sk: id,
});
export const listPartition = (kind: ListedKind, shard: number): string => `ALL#${kind}#${shard}`;

/** Index attributes by which a product's contracts are found: those of a contract's first event. */
export const contractOfProduct = (product: string, contract: string) => ({
  gsi2pk: productContracts(product, shardOf(contract)),
  gsi2sk: contract,
});
export const productContracts = (product: string, shard: number): string => `CONTRACTS#${product}#${shard}`;

/** Index attributes of a contract, a site's agreement or a programme that somebody must look at from a day on. */
export const dueFrom = (date: string, id: string) => ({
  gsi3pk: duePartition(shardOf(id)),
  gsi3sk: `${date}#${id}`,
});
export const duePartition = (shard: number): string => `DUE#${shard}`;

/** Index attributes of a standing rule that is to be asked from a day on: few, and looked for each minute. */
export const askedFrom = (date: string, id: string) => ({ gsi3pk: askedPartition, gsi3sk: `${date}#${id}` });
export const askedPartition = 'ASK';

/** Index attributes of what is to be sent, from an instant on. Sparse: what is sent or given up is not in it. */
export const sendFrom = (at: string, id: string) => ({
  gsi3pk: sendPartition(shardOf(id)),
  gsi3sk: `${at}#${id}`,
});
export const sendPartition = (shard: number): string => `SEND#${shard}`;
