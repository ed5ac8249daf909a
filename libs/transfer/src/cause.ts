/** Which part of the way a cause lies in. */
export type CauseLayer =
  'name' | 'network' | 'ssh' | 'gate' | 'volume' | 'tool' | 'privacy' | 'agent' | 'source';

/** Which end a cause lies at; `path` is everything between the two Macs. */
export type CauseSide = 'source' | 'path' | 'remote';

/** Stable names of causes, `AREA.REASON`. */
export type CauseCode = `SSH.${string}` | `GATE.${string}` | `TRANSFER.${string}`;

/** Why something did not go as it should: what happened, at which end, and whether the same attempt may help later. */
export interface TransferCause {
  readonly code: CauseCode;
  readonly layer: CauseLayer;
  readonly side: CauseSide;
  readonly retryable: boolean;
  /** Plain words for an admin: what happened, on which side, what to do. */
  readonly message: string;
}
