import { orderTokenType } from '@fleetclone/contracts';
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { type OrderTrust, verifyOrder } from './verify-order';

const macId = randomUUID();
const controllerId = randomUUID();
const day = 86_400;

type SigningKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
let signingKey: SigningKey;
let trust: OrderTrust;

beforeAll(async () => {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  signingKey = pair.privateKey;
  const { x } = await exportJWK(pair.publicKey);
  trust = { orderKey: { kty: 'OKP', crv: 'Ed25519', x: x! }, macId, controllerId };
});

interface TokenParts {
  readonly key?: SigningKey;
  readonly typ?: string;
  readonly audience?: string;
  readonly issuer?: string;
  readonly expiresInSeconds?: number;
  readonly order?: unknown;
}

function sign(parts: TokenParts = {}): Promise<string> {
  const order = parts.order ?? { type: 'cancel', runId: randomUUID(), fence: 1 };
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ order })
    .setProtectedHeader({ alg: 'EdDSA', typ: parts.typ ?? orderTokenType })
    .setAudience(parts.audience ?? macId)
    .setIssuer(parts.issuer ?? controllerId)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + (parts.expiresInSeconds ?? 60))
    .sign(parts.key ?? signingKey);
}

it('reads an order that the controller signed for this Mac', async () => {
  const runId = randomUUID();
  const token = await sign({ order: { type: 'cancel', runId, fence: 3 } });

  const claims = await verifyOrder(token, trust);

  expect(claims.order).toEqual({ type: 'cancel', runId, fence: 3 });
  expect(claims.aud).toBe(macId);
});

it('forgives a clock that is off by less than a day', async () => {
  await expect(verifyOrder(await sign({ expiresInSeconds: -day / 2 }), trust)).resolves.toBeDefined();
});

describe('refuses', () => {
  it.each<[string, () => Promise<string>, string]>([
    ['an order for another Mac', () => sign({ audience: randomUUID() }), 'wrong-audience'],
    ['an order of another controller', () => sign({ issuer: randomUUID() }), 'wrong-issuer'],
    ['an order that expired more than a day ago', () => sign({ expiresInSeconds: -2 * day }), 'expired'],
    ['a token of another type', () => sign({ typ: 'JWT' }), 'wrong-type'],
    ['an order of a kind it does not know', () => sign({ order: { type: 'erase' } }), 'unknown-order'],
    ['something that is no token', () => Promise.resolve('not a token'), 'malformed'],
  ])('%s', async (_name, makeToken, reason) => {
    await expect(verifyOrder(await makeToken(), trust)).rejects.toMatchObject({ reason });
  });

  it('an order signed by another key', async () => {
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });

    await expect(verifyOrder(await sign({ key: privateKey }), trust)).rejects.toMatchObject({
      reason: 'wrong-key',
    });
  });

  it('an order whose content was changed after signing', async () => {
    const [header, payload, signature] = (await sign()).split('.');
    const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as { order: { fence: number } };
    claims.order.fence = 99;
    const forged = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;

    await expect(verifyOrder(forged, trust)).rejects.toMatchObject({ reason: 'wrong-key' });
  });

  it('an unsigned token and one signed with a shared secret', async () => {
    const [, payload] = (await sign()).split('.');
    const unsigned = `${encode({ alg: 'none', typ: orderTokenType })}.${payload}.`;
    const symmetric = await new SignJWT({ order: {} })
      .setProtectedHeader({ alg: 'HS256', typ: orderTokenType })
      .sign(Buffer.from(trust.orderKey.x, 'base64url'));

    await expect(verifyOrder(unsigned, trust)).rejects.toMatchObject({ name: 'OrderRefusedError' });
    await expect(verifyOrder(symmetric, trust)).rejects.toMatchObject({ reason: 'wrong-type' });
  });
});

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
