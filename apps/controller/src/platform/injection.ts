/** Injection tokens of things that are not classes. */
export const configToken = Symbol('config');
export const loggerToken = Symbol('logger');
export const redisToken = Symbol('redis');
export const controllerKeysToken = Symbol('controller keys');
export const poolToken = Symbol('database pool');
export const installationToken = Symbol('installation');
/** The Redis address that agents are told. */
export const queuePublicUrlToken = Symbol('queue public url');
