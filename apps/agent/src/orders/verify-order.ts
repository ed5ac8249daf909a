import { OrderClaims, orderTokenType } from '@fleetclone/contracts';
import { errors, importJWK, jwtVerify } from 'jose';
import { OrderRefusedError } from './order.errors';

/** What is pinned at enrolment: nothing else can give this agent an order. */
export interface OrderTrust {
  readonly orderKey: { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string };
  readonly macId: string;
  readonly controllerId: string;
}

// Clocks of Macs are not trusted: an order that is a little too old does no harm, because replays are refused by the fence.
export const clockToleranceMs = 86_400_000;

/**
 * Checks an order token (compact JWS, EdDSA) and reads its claims. Throws `OrderRefusedError`; what a token holds is never in
 * the message.
 */
export async function verifyOrder(token: string, trust: OrderTrust): Promise<OrderClaims> {
  const payload = await verifySignature(token, trust);
  const claims = OrderClaims.safeParse(payload);
  if (!claims.success) throw new OrderRefusedError('unknown-order');
  return claims.data;
}

async function verifySignature(token: string, trust: OrderTrust): Promise<unknown> {
  const key = await importJWK({ ...trust.orderKey, alg: 'EdDSA' }, 'EdDSA');
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['EdDSA'],
      typ: orderTokenType,
      audience: trust.macId,
      issuer: trust.controllerId,
      requiredClaims: ['exp', 'jti', 'iat'],
      clockTolerance: clockToleranceMs / 1000,
    });
    return payload;
  } catch (error) {
    throw new OrderRefusedError(reasonOf(error), { cause: error });
  }
}

function reasonOf(error: unknown): OrderRefusedError['reason'] {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'wrong-key';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'wrong-type';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return 'wrong-audience';
    if (error.claim === 'iss') return 'wrong-issuer';
    if (error.claim === 'typ') return 'wrong-type';
  }
  return 'malformed';
}
