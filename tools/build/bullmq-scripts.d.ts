// BullMQ ships its Lua scripts without declarations; these are the ones that a worker runs.
declare module 'bullmq/dist/cjs/scripts' {
  interface Script {
    readonly name: string;
    readonly content: string;
    readonly keys: number;
  }
  export const extendLock: Script;
  export const extendLocks: Script;
  export const getRateLimitTtl: Script;
  export const moveJobFromActiveToWait: Script;
  export const moveStalledJobsToWait: Script;
  export const moveToActive: Script;
  export const moveToDelayed: Script;
  export const moveToFinished: Script;
  export const releaseLock: Script;
  export const retryJob: Script;
  export const saveStacktrace: Script;
}
