import type { EnrolReply, Order } from '@fleetclone/contracts';
import { orderTokenType } from '@fleetclone/contracts';
import { connectController, OrderQueues, prepareRedis } from '@fleetclone/queue';
import {
  type LoggedProgram,
  makeTempFolder,
  type RedisServer,
  spawnLogged,
  type SshServer,
  startRedis,
  startSshd,
  startTcpProxy,
  type TcpProxy,
  type TempFolder,
  waitFor,
} from '@fleetclone/testing';
import { execFile } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { buildBackupOrder } from '../src/testkit/build-order';
import { FakeController } from '../src/testkit/fake-controller';

const workspace = join(__dirname, '../../..');
const program = join(workspace, 'dist/apps/agent/main.cjs');
const execute = promisify(execFile);

type SigningKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
type Redis = ReturnType<typeof connectController>;

/** Builds the one file that the tests run. */
export async function buildAgent(): Promise<void> {
  await execute(process.execPath, ['tools/build/bundle.mjs', 'agent'], { cwd: workspace });
}

/** Runs one command of the agent to its end. */
export async function runAgent(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ exitCode: number | null; output: string }> {
  const child = await spawnLogged(process.execPath, [program, ...args], { env: { ...process.env, ...env } });
  const { code } = await child.exited;
  await child.stop();
  return { exitCode: code, output: child.output() };
}

/** One Mac of the test's fleet: an enrolled state folder, and the agent that works with it. */
export class TestMac {
  agent: LoggedProgram | undefined;

  constructor(
    readonly id: string,
    readonly name: string,
    readonly stateFolder: string,
    readonly secrets: { readonly agentToken: string; readonly queuePassword: string },
  ) {}

  async start(env: Readonly<Record<string, string>> = {}): Promise<LoggedProgram> {
    const args = [program, 'run', '--state', this.stateFolder];
    this.agent = await spawnLogged(process.execPath, args, { env: { ...process.env, ...env } });
    await this.agent.waitForOutput(/"msg":"agent started"/, { timeoutMs: 15_000 });
    return this.agent;
  }
}

/** A controller that is played, and everything else real: Redis, sshd, the gate, rsync and the built agent. */
export class TestFleet {
  readonly macs: TestMac[] = [];
  readonly controllerId = randomUUID();
  private orders = 0;

  private constructor(
    readonly temp: TempFolder,
    readonly controller: FakeController,
    readonly redis: RedisServer,
    readonly sshd: SshServer,
    /** Stands between the Macs, so that the line can be slowed or cut. */
    readonly line: TcpProxy,
    private readonly client: Redis,
    private readonly queues: OrderQueues,
    private readonly keys: { readonly sign: SigningKey; readonly x: string },
  ) {}

  static async start(): Promise<TestFleet> {
    const temp = await makeTempFolder('agent');
    const redis = await startRedis();
    const sshd = await startSshd({ authorizedKeysFile: join(temp.path, 'ssh', 'authorized_keys') });
    const line = await startTcpProxy(sshd.port);
    const client = connectController(redis.url);
    client.on('error', () => undefined);
    await waitFor('the connection to Redis', () => client.status === 'ready');
    const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const { x = '' } = await exportJWK(pair.publicKey);
    const queues = new OrderQueues(client, () => undefined);
    const keys = { sign: pair.privateKey, x };
    return new TestFleet(temp, await FakeController.start(), redis, sshd, line, client, queues, keys);
  }

  path(...parts: string[]): string {
    return join(this.temp.path, ...parts);
  }

  /** Enrols a Mac through the command line, with the token in the environment. */
  async enrol(name: string, options: readonly string[] = []): Promise<TestMac> {
    const secrets = {
      agentToken: randomBytes(24).toString('hex'),
      queuePassword: randomBytes(24).toString('hex'),
    };
    const mac = new TestMac(randomUUID(), name, this.path(`${name}.state`), secrets);
    this.controller.enrolReply = this.enrolReplyFor(mac);
    const args = [
      'enroll',
      '--controller',
      this.controller.url,
      '--name',
      name,
      '--state',
      mac.stateFolder,
      ...options,
    ];
    const { exitCode, output } = await runAgent(args, { FLEETCLONE_ENROL_TOKEN: 'enrol-token' });
    if (exitCode !== 0) throw new Error(`enrolment failed: ${output}`);
    this.macs.push(mac);
    await this.admitAll();
    return mac;
  }

  enrolReplyFor(mac: TestMac): EnrolReply {
    return {
      macId: mac.id,
      name: mac.name,
      controllerId: this.controllerId,
      agentToken: mac.secrets.agentToken,
      queue: {
        url: `redis://127.0.0.1:${this.redis.port}`,
        username: `agent-${mac.id}`,
        password: mac.secrets.queuePassword,
      },
      orderKey: { kty: 'OKP', crv: 'Ed25519', x: this.keys.x },
    };
  }

  /** Loads scripts and rights into Redis, as a controller does at every connect. */
  async admitAll(): Promise<void> {
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    await prepareRedis(
      this.client,
      this.macs.map(({ id, secrets }) => ({ macId: id, passwordSha256: sha256(secrets.queuePassword) })),
    );
  }

  async emptyRedis(): Promise<void> {
    await this.redis.restartEmpty();
    await this.restoreRedis();
  }

  async restartRedis(): Promise<void> {
    await this.redis.restart();
    await this.restoreRedis();
  }

  private async restoreRedis(): Promise<void> {
    await waitFor('the connection to Redis', () => this.client.status === 'ready');
    await this.admitAll();
  }

  /** Puts a signed order into a Mac's mailbox; gives the order's id. */
  async order(mac: TestMac, order: Order, signedFor: TestMac = mac): Promise<string> {
    const id = `order-${(this.orders += 1)}`;
    const token = await new SignJWT({ order })
      .setProtectedHeader({ alg: 'EdDSA', typ: orderTokenType })
      .setIssuer(this.controllerId)
      .setAudience(signedFor.id)
      .setJti(id)
      .setIssuedAt()
      .setExpirationTime('7d')
      .sign(this.keys.sign);
    await this.queues.add(mac.id, id, { token });
    return id;
  }

  async isInMailbox(mac: TestMac, orderId: string): Promise<boolean> {
    return this.queues.has(mac.id, orderId);
  }

  /** Makes a credential at the source and lets it in at the remote, as the controller would have it done. */
  async establishTrust(
    source: TestMac,
    remote: TestMac,
    roots: readonly [string, ...string[]],
  ): Promise<string> {
    const credentialId = randomUUID();
    await this.order(source, { type: 'create-credential', credentialId });
    const { publicKey } = await waitFor('the public key', () => this.controller.created.get(credentialId));
    await this.order(remote, { type: 'authorise-credential', credentialId, publicKey, roots: [...roots] });
    const report = await waitFor('the authorisation', () => this.controller.authorised.get(credentialId));
    if (report.result === 'refused') throw new Error(report.reason);
    return credentialId;
  }

  buildBackup(remote: TestMac, overrides: Partial<Extract<Order, { type: 'backup' }>> = {}) {
    return buildBackupOrder({
      runId: randomUUID(),
      remote: {
        macId: remote.id,
        host: '127.0.0.1',
        port: this.line.port,
        user: userInfo().username,
        hostKeys: [this.sshd.hostKeyPublic],
      },
      ...overrides,
    });
  }

  async makeFolder(...parts: string[]): Promise<string> {
    const path = this.path(...parts);
    await mkdir(path, { recursive: true });
    return path;
  }

  async stop(): Promise<void> {
    for (const mac of this.macs) await mac.agent?.stop();
    await this.queues.close();
    this.client.disconnect();
    await this.line.stop();
    await this.sshd.stop();
    await this.redis.stop();
    await this.controller.stop();
    await this.temp.remove();
  }
}
