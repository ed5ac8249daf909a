import type { Order, OrderOf, OrderType } from '@fleetclone/contracts';

export interface OrderContext {
  /** Until when the order can be delivered again. */
  readonly expiresAt: Date;
}

/** One handler for each type of order: a new type does not compile until it has one. */
export type OrderHandlers = {
  readonly [Type in OrderType]: (order: OrderOf<Type>, context: OrderContext) => Promise<void>;
};

/** Hands an order to its handler. */
export function dispatchOrder(handlers: OrderHandlers, order: Order, context: OrderContext): Promise<void> {
  switch (order.type) {
    case 'backup':
      return handlers.backup(order, context);
    case 'cancel':
      return handlers.cancel(order, context);
    case 'create-credential':
      return handlers['create-credential'](order, context);
    case 'authorise-credential':
      return handlers['authorise-credential'](order, context);
  }
}
