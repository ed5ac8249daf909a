import { createPublicKey } from 'node:crypto';
import { type EnrolReply, OrderClaims, orderTokenType } from '@fleetclone/contracts';
import { type Mailbox, startMailbox } from '@fleetclone/queue';
import { jwtVerify } from 'jose';

export interface OrderReader {
  /** What has arrived so far, in this order. */
  readonly orders: readonly OrderClaims[];
  readonly mailbox: Mailbox;
}

/** Reads a Mac's mailbox as its agent does, and keeps what arrives. The caller stops the mailbox. */
export function readOrders(agent: EnrolReply): OrderReader {
  const orders: OrderClaims[] = [];
  const key = createPublicKey({ key: agent.orderKey, format: 'jwk' });
  const mailbox = startMailbox({
    macId: agent.macId,
    login: agent.queue,
    handle: async (jws) => {
      const { payload } = await jwtVerify(jws, key, {
        audience: agent.macId,
        issuer: agent.controllerId,
        typ: orderTokenType,
      });
      orders.push(OrderClaims.parse(payload));
    },
    onError: () => undefined,
  });
  return { orders, mailbox };
}
