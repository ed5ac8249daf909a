import type { Logger } from '../logging/logger';
import { OrderRefusedError } from './order.errors';
import { dispatchOrder, type OrderHandlers } from './order-handlers';
import { clockToleranceMs, type OrderTrust, verifyOrder } from './verify-order';

export interface ReceiveOrderDeps {
  readonly trust: OrderTrust;
  readonly handlers: OrderHandlers;
  readonly log: Logger;
}

/** Verifies one order token and has it handled. Throws `OrderRefusedError` for a token that is no order of ours. */
export async function receiveOrder(token: string, { trust, handlers, log }: ReceiveOrderDeps): Promise<void> {
  try {
    const claims = await verifyOrder(token, trust);
    log.info({ order: claims.jti, type: claims.order.type }, 'order received');
    await dispatchOrder(handlers, claims.order, {
      expiresAt: new Date(claims.exp * 1000 + clockToleranceMs),
    });
  } catch (error) {
    if (error instanceof OrderRefusedError)
      log.error({ err: error, reason: error.reason }, 'an order was refused');
    else log.warn({ err: error }, 'an order could not be handled; it will be delivered again');
    throw error;
  }
}
