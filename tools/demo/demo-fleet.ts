import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreatedApiToken,
  CreatedEnrolmentToken,
  MacPage,
  PlanView,
  RemoteView,
  RunView,
  SessionView,
} from '@fleetclone/contracts';
import { freePort, spawnLogged, startSshd, waitFor } from '@fleetclone/testing';
import { ApiClient } from './api-client';
import { Service } from './service';

export interface Folders {
  /** Holds everything else of the fleet: states, data, logs. */
  readonly root: string;
  /** What is backed up. */
  readonly home: string;
  /** Where to: the backup Mac's disk. */
  readonly disk: string;
}

export interface DemoFleet {
  readonly url: string;
  readonly email: string;
  readonly password: string;
  readonly api: ApiClient;
  readonly apiToken: string;
  readonly planId: string;
  /** The folder at the destination whose tree must equal `home`. */
  readonly copy: string;
  readonly controller: Service;
  readonly studioMac: Service;
  readonly backupMac: Service;
  /** Returns how many processes would not end by themselves. */
  readonly stop: () => Promise<number>;
}

export interface FleetOptions {
  /** Hears of each step. */
  readonly say: (text: string) => void;
  /** Where the built programs are. */
  readonly dist: string;
  /** More environment for the controller. */
  readonly controllerEnv?: Readonly<Record<string, string>>;
}

type Undo = (() => Promise<number>)[];

const admin = { name: 'Demo Admin', email: 'admin@fleetclone.example' };

/** Starts a controller, two agents and an sshd of their own, and sets up a plan from one Mac to the other: all through the API. */
export async function startDemoFleet(folders: Folders, options: FleetOptions): Promise<DemoFleet> {
  const undo: Undo = [];
  const stop = async (): Promise<number> => {
    let killed = 0;
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) killed += await step();
    return killed;
  };
  try {
    return { ...(await start(folders, options, undo)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(folders: Folders, options: FleetOptions, undo: Undo): Promise<Omit<DemoFleet, 'stop'>> {
  options.say('starting the controller with its own PostgreSQL and Redis');
  const { controller, url, setupCode } = await startController(folders, options, undo);
  const password = randomBytes(12).toString('base64url');
  const { api, apiToken } = await becomeAdmin(url, setupCode, password);
  options.say('starting an sshd for backup-mac, and both agents');
  const agents = await startAgents(folders, options, api, undo);
  options.say('making trust between studio-mac and backup-mac');
  const planId = await createPlan(folders, api);
  const copy = join(folders.disk, 'studio-mac', 'home', 'current', folders.home);
  return { url, email: admin.email, password, api, apiToken, planId, copy, controller, ...agents };
}

async function startController(
  folders: Folders,
  { dist, controllerEnv }: FleetOptions,
  undo: Undo,
): Promise<{ controller: Service; url: string; setupCode: string }> {
  const port = await preferredPort(4300);
  const url = `http://localhost:${port}`;
  const controller = new Service({
    args: [join(dist, 'apps', 'controller', 'main.cjs')],
    env: {
      FLEETCLONE_VAR: join(folders.root, 'controller'),
      FLEETCLONE_PORT: String(port),
      FLEETCLONE_HOST: '127.0.0.1',
      FLEETCLONE_PUBLIC_URL: url,
      DATABASE_URL: '',
      REDIS_URL: '',
      ...controllerEnv,
    },
    logFile: join(folders.root, 'controller.log'),
    isUp: /Fleetclone is at .*\n(?:.*set-up code ([A-Z0-9-]+))?/,
  });
  undo.push(() => controller.stop());
  const [, setupCode = ''] = await controller.start();
  return { controller, url, setupCode };
}

async function preferredPort(port: number): Promise<number> {
  const isFree = await fetch(`http://127.0.0.1:${port}/livez`).then(
    () => false,
    (error: unknown) => error instanceof Error && String(error.cause).includes('ECONNREFUSED'),
  );
  return isFree ? port : freePort();
}

async function becomeAdmin(
  url: string,
  code: string,
  password: string,
): Promise<{ api: ApiClient; apiToken: string }> {
  const reply = await fetch(`${url}/api/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...admin, code, password }),
  });
  if (!reply.ok) throw new Error(`setting up was answered with ${reply.status}: ${await reply.text()}`);
  SessionView.parse(await reply.json());
  const cookie = reply.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const session = new ApiClient(url, { cookie, 'x-fleetclone-console': '1' });
  const { token } = await session.post('/api-tokens', CreatedApiToken, {
    name: 'demo',
    role: 'admin',
    expiresInDays: 1,
  });
  return { api: new ApiClient(url, { authorization: `Bearer ${token}` }), apiToken: token };
}

async function startAgents(
  folders: Folders,
  options: FleetOptions,
  api: ApiClient,
  undo: Undo,
): Promise<{ studioMac: Service; backupMac: Service }> {
  const state = join(folders.root, 'backup-mac');
  await mkdir(state, { recursive: true, mode: 0o700 });
  const authorizedKeysFile = join(state, 'authorized_keys');
  const sshd = await startSshd({ authorizedKeysFile, logFile: join(folders.root, 'sshd.log') });
  undo.push(async () => (await sshd.stop()).killed);
  const hostKeyFile = join(state, 'ssh_host_key.pub');
  await writeFile(hostKeyFile, `${sshd.hostKeyPublic}\n`);
  const { token } = await api.post('/enrolment-tokens', CreatedEnrolmentToken, { name: 'demo', uses: 2 });
  const enrolAndStart = async (name: string, flags: readonly string[]): Promise<Service> => {
    const agent = await enrol(name, join(folders.root, name), options, api.url, token, flags);
    undo.push(() => agent.stop());
    await agent.start();
    await waitForPresence(name, api);
    return agent;
  };
  const disk = ['--allow-destination', folders.disk];
  const studioMac = await enrolAndStart('studio-mac', ['--allow-source', folders.home, ...disk]);
  const address = [
    '--ssh-address',
    '127.0.0.1',
    '--ssh-port',
    String(sshd.port),
    '--ssh-host-key',
    hostKeyFile,
  ];
  const gate = ['--authorized-keys', authorizedKeysFile, '--gate-folder', join(state, 'gate')];
  const backupMac = await enrolAndStart('backup-mac', [...address, ...gate, ...disk]);
  return { studioMac, backupMac };
}

async function enrol(
  name: string,
  state: string,
  { dist }: FleetOptions,
  url: string,
  token: string,
  flags: readonly string[],
): Promise<Service> {
  const program = join(dist, 'apps', 'agent', 'main.cjs');
  const args = [program, 'enroll', '--controller', url, '--name', name, '--state', state, ...flags];
  const enroll = await spawnLogged(process.execPath, args, {
    env: { ...process.env, FLEETCLONE_ENROL_TOKEN: token },
  });
  const { code } = await enroll.exited;
  if (code !== 0) throw new Error(`${name} could not enrol: ${enroll.output()}`);
  return new Service({ args: [program, 'run', '--state', state], logFile: `${state}.log`, isUp: /"msg":/ });
}

async function waitForPresence(name: string, api: ApiClient): Promise<void> {
  await waitFor(
    `${name} to come online`,
    async () => {
      const { items } = await api.get('/macs', MacPage);
      return items.some((mac) => mac.name === name && mac.presence === 'online');
    },
    { timeoutMs: 20_000, intervalMs: 100 },
  );
}

async function createPlan(folders: Folders, api: ApiClient): Promise<string> {
  const { items } = await api.get('/macs', MacPage);
  const idOf = (name: string): string => {
    const mac = items.find((candidate) => candidate.name === name);
    if (mac === undefined) throw new Error(`${name} is not in the fleet`);
    return mac.id;
  };
  const remote = await api.post('/remotes', RemoteView, { macId: idOf('backup-mac'), roots: [folders.disk] });
  const plan = await api.post('/plans', PlanView, {
    name: 'Home',
    macId: idOf('studio-mac'),
    remoteId: remote.id,
    destinationRoot: folders.disk,
    sourcePaths: [folders.home],
  });
  await waitFor(
    'backup-mac to let the credential of studio-mac in',
    async () => (await api.get(`/plans/${plan.id}`, PlanView)).trust === 'authorised',
    { timeoutMs: 30_000, intervalMs: 100 },
  );
  return plan.id;
}

/** Submits a run of the plan. */
export function submitRun(
  fleet: Pick<DemoFleet, 'api' | 'planId'>,
  key: string = randomUUID(),
): Promise<RunView> {
  return fleet.api.post(`/plans/${fleet.planId}/runs`, RunView, {}, { 'idempotency-key': key });
}
