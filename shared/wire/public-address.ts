import { BlockList, isIP } from 'node:net';

/*
 * Which addresses are of the public internet. Refused are all that the special-purpose registries of the Internet Assigned
 * Numbers Authority (RFC 6890 and its successors) do not call globally reachable, and all that hold another address in
 * them, since that one may be private: IPv4-mapped, 6to4, Teredo, NAT64.
 */

const special4 = new BlockList();
for (const [network, prefix] of [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
  ] as const),
  ...([
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.31.196.0', 24],
  ] as const),
  ...([
    ['192.52.193.0', 24],
    ['192.88.99.0', 24],
    ['192.168.0.0', 16],
    ['192.175.48.0', 24],
  ] as const),
  ...([
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 3],
  ] as const),
] as const)
  special4.addSubnet(network, prefix, 'ipv4');

/** All that is assigned for global unicast so far; everything else is special by itself. */
const global6 = new BlockList();
global6.addSubnet('2000::', 3, 'ipv6');
const special6 = new BlockList();
for (const [network, prefix] of [
  ...([
    ['2001::', 23],
    ['2001:db8::', 32],
    ['2002::', 16],
    ['2620:4f:8000::', 48],
    ['3fff::', 20],
  ] as const),
] as const)
  special6.addSubnet(network, prefix, 'ipv6');

/** Whether an IP address, as text without brackets, may be called on behalf of somebody else. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special4.check(address, 'ipv4');
    case 6:
      // A zone index (`fe80::1%eth0`) names an interface of this host.
      return !address.includes('%') && global6.check(address, 'ipv6') && !special6.check(address, 'ipv6');
    default:
      return false;
  }
}
