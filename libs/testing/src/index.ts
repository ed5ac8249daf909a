export { findProgram, ProgramMissingError } from './find-program';
export { freePort } from './free-port';
export { type RedisServer, startRedis, type StartRedisOptions } from './redis';
export {
  type LoggedProgram,
  type ProgramExit,
  ProgramFailedError,
  spawnLogged,
  type SpawnLoggedOptions,
  type StoppedProgram,
} from './spawn-logged';
export { type SshServer, startSshd, type StartSshdOptions } from './sshd';
export { startTcpProxy, type TcpProxy } from './tcp-proxy';
export { makeTempFolder, removeTree, type TempFolder } from './temp-folder';
export { waitFor, type WaitOptions, WaitTimeoutError } from './wait-for';
