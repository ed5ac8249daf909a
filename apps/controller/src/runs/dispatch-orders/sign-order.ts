import { type Order, orderTokenType } from '@fleetclone/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { SignJWT } from 'jose';
import { controllerKeysToken, installationToken } from '../../platform/injection';
import type { ControllerKeys } from '../../platform/secrets';

/** An order that is still in a mailbox after this is refused by the agent; the reconciler then sends it anew, freshly signed. */
const validFor = '7d';

/** Signs orders, so that agents need not trust Redis. */
@Injectable()
export class SignOrder {
  constructor(
    @Inject(controllerKeysToken) private readonly keys: ControllerKeys,
    @Inject(installationToken) private readonly installation: { readonly controllerId: string },
  ) {}

  /** A compact JWS for one Mac. */
  execute(macId: string, orderId: string, order: Order): Promise<string> {
    return new SignJWT({ order })
      .setProtectedHeader({ alg: 'EdDSA', typ: orderTokenType })
      .setIssuer(this.installation.controllerId)
      .setAudience(macId)
      .setJti(orderId)
      .setIssuedAt()
      .setExpirationTime(validFor)
      .sign(this.keys.orderKey);
  }
}
