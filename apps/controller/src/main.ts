import { join } from 'node:path';
import { createApp } from './create-app';
import { ConfigError, loadConfig } from './config/load-config';
import { SetupCode, SignIn } from './people';
import { createLogger } from './platform/logging/logger';
import { startPlatform } from './platform/start-platform';

/** The bundle stands beside the migrations and the built console. */
const prismaFolder = join(__dirname, 'prisma');
const webFolder = join(__dirname, '..', 'web');
/** How long requests under way are given when the controller stops. */
const drainMs = 3_000;

async function main(): Promise<void> {
  const { config, secrets } = loadConfig(process.env);
  const logger = createLogger(config.logLevel);
  let end: (reason: string) => void = () => undefined;
  const ended = new Promise<string>((done) => (end = done));
  const { platform, stop } = await startPlatform(config, secrets, prismaFolder, logger, (detail) => {
    logger.fatal({ detail }, 'the database is gone');
    process.exitCode = 1;
    end('database');
  });
  try {
    const app = await createApp(platform, webFolder);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end(signal));
    await app.listen(config.port, config.host);
    logger.info({ event: 'controller.started', url: config.publicUrl }, 'controller started');
    await greet(config.publicUrl, await app.get(SignIn).isSetUp(), app.get(SetupCode).text);
    logger.info({ event: 'controller.stopping', reason: await ended }, 'controller is stopping');
    // Requests under way may end; live streams never would.
    const cut = setTimeout(() => app.getHttpServer().closeAllConnections(), drainMs);
    await app.close();
    clearTimeout(cut);
  } finally {
    await stop();
  }
}

/** For the person at the terminal, not for the log: the code lets whoever has it become the first admin. */
async function greet(url: string, isSetUp: boolean, code: string): Promise<void> {
  const lines = isSetUp
    ? [`Fleetclone is at ${url}`]
    : [`Fleetclone is at ${url}`, `First start: open it and enter the set-up code ${code}`];
  await new Promise<void>((done) =>
    process.stderr.write(`\n${lines.map((line) => `  ${line}\n`).join('')}\n`, () => done()),
  );
}

main().catch((error: unknown) => {
  const isExpected =
    error instanceof ConfigError ||
    (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE');
  const text =
    error instanceof Error ? (isExpected ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`fleetclone: ${text}\n`);
  process.exitCode = 1;
});
