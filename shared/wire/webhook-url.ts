import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.ts';

/** Hosts, as `name:port`, that may be called whatever the rules say, also by http: on one machine, by an option. */
export type AllowedHosts = ReadonlySet<string>;

const ports = new Set(['', '443', '8443']);
/** Names that resolve inside of networks only (RFC 6761, RFC 6762, RFC 8375, and what clouds call their own). */
const insideNames =
  /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home|corp|home\.arpa|onion|test|invalid|example)$/;

const portOf = (url: URL): string => (url.port === '' ? (url.protocol === 'http:' ? '80' : '443') : url.port);

export const isAllowedHost = (url: URL, allowed: AllowedHosts): boolean =>
  allowed.has(`${url.hostname}:${portOf(url)}`);

/** A host without the brackets of an IPv6 address and without the dot that ends a full name. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');

/**
 * What keeps a URL from being called, or nothing. What its name resolves to is judged each time it is called.
 * (The URL class has already turned every spelling of an IPv4 address, such as 0x7f.1, into the usual one.)
 */
export function webhookUrlFault(text: string, allowed: AllowedHosts): string | undefined {
  if (!URL.canParse(text)) return 'must be a URL';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'must not carry credentials';
  if (url.hash !== '') return 'must not have a fragment';
  if (isAllowedHost(url, allowed) && ['http:', 'https:'].includes(url.protocol)) return undefined;
  if (url.protocol !== 'https:') return 'must be https';
  if (!ports.has(url.port)) return 'must be at port 443 or 8443';
  const host = hostOf(url);
  if (isIP(host) !== 0) return isPublicAddress(host) ? undefined : 'must not be a private address';
  if (!host.includes('.') || insideNames.test(host)) return 'must not be a name inside of a network';
  return undefined;
}
