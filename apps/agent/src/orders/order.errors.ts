/** The token is not an order of our controller for this Mac: forged, for somebody else, expired or not understood. */
export class OrderRefusedError extends Error {
  override readonly name = 'OrderRefusedError';
  constructor(
    readonly reason:
      | 'malformed'
      | 'wrong-type'
      | 'wrong-key'
      | 'wrong-audience'
      | 'wrong-issuer'
      | 'expired'
      | 'unknown-order',
    options?: ErrorOptions,
  ) {
    super(`the order was refused: ${reason}`, options);
  }
}

/** What an order asks for is not allowed by this Mac's own settings, whatever the controller says. */
export class NotAllowedHereError extends Error {
  override readonly name = 'NotAllowedHereError';
}
