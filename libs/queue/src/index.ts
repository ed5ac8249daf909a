export { admitAgent, type AgentLogin, expelAgent, prepareRedis } from './agent-rights';
export { type AgentQueueLogin, connectController, fullJitter } from './connection';
export { type Mailbox, type MailboxOptions, startMailbox, UnacceptableOrderError } from './mailbox';
export { agentQueueName } from './names';
export { OrderQueues, RedisAwayError } from './order-queues';
