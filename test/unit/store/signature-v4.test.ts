import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../shared/kernel/digest.ts';
import type { SigningScope } from '../../../shared/store/signature-v4.ts';
import { signedHeaders, signedUrl } from '../../../shared/store/signature-v4.ts';

/** The worked examples of "Authenticating Requests (AWS Signature Version 4)", Amazon S3 API Reference. */
const scope: SigningScope = {
  credentials: {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  },
  region: 'us-east-1',
  service: 's3',
  at: '2013-05-24T00:00:00.000Z',
};
const bucket = 'https://examplebucket.s3.amazonaws.com';

describe("Signature Version 4, against AWS's own examples", () => {
  it('signs a GET with a further header', () => {
    const { authorization } = signedHeaders(
      {
        method: 'GET',
        url: new URL('/test.txt', bucket),
        headers: { range: 'bytes=0-9' },
        payloadHash: sha256(''),
      },
      scope,
    );
    expect(authorization).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,' +
        'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,' +
        'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    );
  });

  it('signs a PUT with a body and a name that needs encoding', () => {
    const { authorization } = signedHeaders(
      {
        method: 'PUT',
        url: new URL('/test%24file.text', bucket),
        headers: {
          date: 'Fri, 24 May 2013 00:00:00 GMT',
          'x-amz-storage-class': 'REDUCED_REDUNDANCY',
        },
        payloadHash: sha256('Welcome to Amazon S3.'),
      },
      scope,
    );
    expect(authorization).toContain(
      'Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    );
  });

  it('signs a query', () => {
    const { authorization } = signedHeaders(
      { method: 'GET', url: new URL('/?max-keys=2&prefix=J', bucket), headers: {}, payloadHash: sha256('') },
      scope,
    );
    expect(authorization).toContain(
      'Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    );
  });

  it('signs a URL to hand out', () => {
    const url = signedUrl(new URL('/test.txt', bucket), 86_400, scope);
    expect(url.searchParams.get('X-Amz-Signature')).toBe(
      'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    );
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('host');
  });

  it('covers the session token, without which Lambda is nobody', () => {
    const session = { ...scope, credentials: { ...scope.credentials, sessionToken: 'token' } };
    const request = { method: 'GET', url: new URL('/x', bucket), headers: {}, payloadHash: sha256('') };
    expect(signedHeaders(request, session)['x-amz-security-token']).toBe('token');
    expect(signedHeaders(request, session)['authorization']).toContain('x-amz-security-token');
    expect(signedUrl(new URL('/x', bucket), 60, session).searchParams.get('X-Amz-Security-Token')).toBe(
      'token',
    );
  });
});
