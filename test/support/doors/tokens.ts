import { createHmac } from 'node:crypto';
import type { CryptoKey, JWK, JWTPayload } from 'jose';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { accessTokenVerifier } from '../../../functions/api/access-token.ts';
import type { Clock } from '../../../shared/kernel/time.ts';
import { millisecondsOf } from '../../../shared/kernel/time.ts';
import type { Caller } from '../../../shared/reference/caller.ts';

type Claims = JWTPayload & Record<string, unknown>;

const header = { alg: 'RS256', kid: 'door-key' };
const name = 'https://issuer.example/pool';
const client = 'web';

/** An issuer whose tokens the API's own verifier takes; it signs anything. */
export class TokenMaker {
  readonly #clock: Clock;
  readonly #key: CryptoKey;
  readonly #publicKey: JWK;

  private constructor(clock: Clock, key: CryptoKey, publicKey: JWK) {
    this.#clock = clock;
    this.#key = key;
    this.#publicKey = publicKey;
  }

  static async open(clock: Clock): Promise<TokenMaker> {
    const { privateKey, publicKey } = await generateKeyPair(header.alg);
    return new TokenMaker(clock, privateKey, { ...(await exportJWK(publicKey)), ...header, use: 'sig' });
  }

  get verify() {
    return accessTokenVerifier({
      ...{ issuer: name, clientIds: [client], clock: this.#clock },
      keys: createLocalJWKSet({ keys: [this.#publicKey] }),
    });
  }

  get #now(): number {
    return Math.floor(millisecondsOf(this.#clock()) / 1000);
  }

  #claims({ subject, organisation, roles }: Caller, changes: Claims = {}): Claims {
    const now = this.#now;
    const window = { iat: now, exp: now + 3600 };
    const who = { sub: subject, client_id: client, token_use: 'access', organisation, roles: [...roles] };
    return { iss: name, ...who, ...window, ...changes };
  }

  token(who: Caller, changes: Claims = {}, key: CryptoKey = this.#key): Promise<string> {
    return new SignJWT(this.#claims(who, changes)).setProtectedHeader(header).sign(key);
  }

  /** What one may send as `Authorization` and not come in, by what is wrong with it; nothing else is. */
  async bad(who: Caller): Promise<ReadonlyMap<string, string | undefined>> {
    const now = this.#now;
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const [head = '', payload = '', signature = ''] = (await this.token(who)).split('.');
    const confused = `${part({ ...header, alg: 'HS256' })}.${payload}`;
    const mac = createHmac('sha256', JSON.stringify(this.#publicKey)).update(confused).digest('base64url');
    const stranger = await generateKeyPair(header.alg);
    const tokens: Readonly<Record<string, string>> = {
      'forged signature': await this.token(who, {}, stranger.privateKey),
      'alg:none': new UnsecuredJWT(this.#claims(who)).encode(),
      'the public key as a shared secret': `${confused}.${mac}`,
      'claims changed after signing': `${head}.${part(this.#claims({ ...who, subject: 'x' }))}.${signature}`,
      'no signature': `${head}.${payload}.`,
      'wrong issuer': await this.token(who, { iss: 'https://elsewhere.example' }),
      'wrong client': await this.token(who, { client_id: 'other' }),
      'an audience in place of a client': await this.token(who, { client_id: undefined, aud: client }),
      expired: await this.token(who, { iat: now - 7200, exp: now - 1 }),
      'not yet valid': await this.token(who, { nbf: now + 60 }),
      'issued in the future': await this.token(who, { iat: now + 60 }),
      'wrong token_use': await this.token(who, { token_use: 'id' }),
      'no organisation': await this.token(who, { organisation: undefined }),
    };
    return new Map<string, string | undefined>([
      ['no token', undefined],
      ['another scheme', `Basic ${Buffer.from('ada:ada').toString('base64')}`],
      ...Object.entries(tokens).map(([fault, token]) => [fault, `Bearer ${token}`] as const),
    ]);
  }
}
