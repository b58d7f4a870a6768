import { describe, expect, it } from 'vitest';
import { webhookCaller } from '../../../functions/notify/call-webhook.ts';
import { isPublicAddress } from '../../../shared/wire/public-address.ts';
import { webhookUrlFault } from '../../../shared/wire/webhook-url.ts';

const none = new Set<string>();

describe('a URL that others name', () => {
  it.each([
    'https://hooks.ministry.example.org/lodestone?key=1',
    'https://hooks.ministry.go.jp:8443/',
    'https://93.184.215.14/hook',
    'https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/hook',
    'https://xn--bcher-kva.ch/',
  ])('%s may be called', (url) => {
    expect(webhookUrlFault(url, none)).toBeUndefined();
  });

  it.each([
    ['not a URL', 'hooks.example.org'],
    ['nothing', ''],
    ['plain http', 'http://hooks.example.org/'],
    ['another scheme', 'file:///etc/passwd'],
    ['another scheme', 'gopher://hooks.example.org/'],
    ['another scheme', 'data:text/plain,x'],
    ['credentials', 'https://user:secret@hooks.example.org/'],
    ['credentials that look like a host', 'https://hooks.example.org@169.254.169.254/'],
    ['a fragment', 'https://hooks.example.org/#a'],
    ['another port', 'https://hooks.example.org:22/'],
    ['another port', 'https://hooks.example.org:6379/'],
    ['this host', 'https://localhost/'],
    ['this host, with the dot of a full name', 'https://localhost./'],
    ['below this host', 'https://a.localhost/'],
    ['a name without a domain', 'https://intranet/'],
    ['a name inside', 'https://metadata.google.internal/computeMetadata/v1/'],
    ['a name inside', 'https://printer.local/'],
    ['loopback', 'https://127.0.0.1/'],
    ['loopback, shortened', 'https://127.1/'],
    ['loopback, hexadecimal', 'https://0x7f000001/'],
    ['loopback, octal', 'https://0177.0.0.1/'],
    ['loopback, one number', 'https://2130706433/'],
    ['loopback, full-width digits', 'https://１２７.０.０.１/'],
    ['loopback, percent-encoded', 'https://%31%32%37.0.0.1/'],
    ['any address', 'https://0.0.0.0/'],
    ['any address, short', 'https://0/'],
    ['private, class A', 'https://10.1.2.3/'],
    ['private, class B', 'https://172.31.255.255/'],
    ['private, class C', 'https://192.168.0.1/'],
    ['carrier-grade NAT', 'https://100.100.100.200/'],
    ['metadata of a cloud', 'https://169.254.169.254/latest/meta-data/'],
    ['metadata of a container', 'https://169.254.170.2/v2/credentials'],
    ['multicast', 'https://224.0.0.1/'],
    ['broadcast', 'https://255.255.255.255/'],
    ['loopback of IPv6', 'https://[::1]/'],
    ['any address of IPv6', 'https://[::]/'],
    ['IPv4-mapped loopback', 'https://[::ffff:127.0.0.1]/'],
    ['IPv4-mapped metadata, hexadecimal', 'https://[::ffff:a9fe:a9fe]/'],
    ['IPv4-compatible', 'https://[::127.0.0.1]/'],
    ['IPv4-translated', 'https://[::ffff:0:127.0.0.1]/'],
    ['NAT64', 'https://[64:ff9b::169.254.169.254]/'],
    ['6to4 of a private address', 'https://[2002:c0a8:1::1]/'],
    ['Teredo', 'https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/'],
    ['link-local', 'https://[fe80::1]/'],
    ['unique local', 'https://[fc00::1]/'],
    ['metadata of a cloud, IPv6', 'https://[fd00:ec2::254]/'],
    ['site-local', 'https://[fec0::1]/'],
    ['documentation', 'https://[2001:db8::1]/'],
    ['multicast of IPv6', 'https://[ff02::1]/'],
  ])('refused: %s: %s', (_, url) => {
    expect(webhookUrlFault(url, none)).toBeDefined();
  });

  it('may be at a host that an option allows, and at no other port of it', () => {
    const allowed = new Set(['127.0.0.1:9000', 'localhost:80']);
    expect(webhookUrlFault('http://127.0.0.1:9000/hook', allowed)).toBeUndefined();
    expect(webhookUrlFault('http://localhost/hook', allowed)).toBeUndefined();
    expect(webhookUrlFault('http://127.0.0.1:9001/hook', allowed)).toBeDefined();
    expect(webhookUrlFault('ftp://127.0.0.1:9000/hook', allowed)).toBeDefined();
  });

  it.each(['127.0.0.1%eth0', 'fe80::1%eth0', '2606:2800::1%eth0', '', 'localhost', '1.2.3'])(
    '%s is no public address',
    (address) => {
      expect(isPublicAddress(address)).toBe(false);
    },
  );
});

describe('a name', () => {
  const call = (addresses: readonly string[], url = 'https://hooks.example.org/') => {
    const asked: string[] = [];
    const result = webhookCaller({
      timeoutMilliseconds: 200,
      resolve: (host) => {
        asked.push(host);
        return Promise.resolve(
          addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        );
      },
    })(url, {}, '{}');
    return { asked, result };
  };

  it.each([
    [['10.0.0.1']],
    [['169.254.169.254']],
    [['::ffff:10.0.0.1']],
    [['::1']],
    // One that is private is enough: which one is called is not for the name's owner to choose.
    [['93.184.215.14', '127.0.0.1']],
    [['93.184.215.14', 'fd00:ec2::254']],
  ])('that resolves to %j is not called', async (addresses) => {
    const { asked, result } = call(addresses);
    expect(await result).toBe('refused-address');
    expect(asked).toEqual(['hooks.example.org']);
  });

  it('that resolves to nothing, or never, is not reached; an address is not resolved', async () => {
    expect(await call([]).result).toBe('unreachable');
    const never = webhookCaller({ timeoutMilliseconds: 20, resolve: () => new Promise(() => undefined) });
    expect(await never('https://hooks.example.org/', {}, '{}')).toBe('timeout');
    const literal = call(['93.184.215.14'], 'https://127.0.0.1/');
    expect(await literal.result).toBe('refused-address');
    expect(literal.asked).toEqual([]);
  });
});
