/** Prefix of every Redis key of ours. */
export const queuePrefix = 'fc';

/** The queue that carries orders to one Mac. */
export const agentQueueName = (macId: string): string => `agent-${macId}`;

/** The Redis user of one Mac's agent. */
export const agentUserName = (macId: string): string => `agent-${macId}`;

/** The keys that a Mac's agent may touch; the colon keeps `agent-1` from matching `agent-10`. */
export const agentKeyPattern = (macId: string): string => `${queuePrefix}:${agentQueueName(macId)}:*`;
