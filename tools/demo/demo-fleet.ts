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
import { freePort, type LoggedProgram, spawnLogged, startSshd, waitFor } from '@fleetclone/testing';
import { ApiClient } from './api-client';

export interface Folders {
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
  readonly planId: string;
  /** The folder at the destination whose tree must equal `home`. */
  readonly copy: string;
  readonly stop: () => Promise<void>;
}

type Undo = (() => Promise<unknown>)[];

const dist = join(__dirname, '..');
const admin = { name: 'Demo Admin', email: 'admin@fleetclone.example' };

/** Starts a controller, two agents and an sshd of their own, and sets up a plan from one Mac to the other: all through the API. */
export async function startDemoFleet(folders: Folders, say: (text: string) => void): Promise<DemoFleet> {
  const undo: Undo = [];
  const stop = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    return { ...(await start(folders, say, undo)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  folders: Folders,
  say: (text: string) => void,
  undo: Undo,
): Promise<Omit<DemoFleet, 'stop'>> {
  say('starting the controller with its own PostgreSQL and Redis');
  const { url, setupCode } = await startController(folders, undo);
  const password = randomBytes(12).toString('base64url');
  const api = await becomeAdmin(url, setupCode, password);
  say('starting an sshd for backup-mac, and both agents');
  await startAgents(folders, api, undo);
  say('making trust between studio-mac and backup-mac');
  const planId = await createPlan(folders, api);
  const copy = join(folders.disk, 'studio-mac', 'home', 'current', folders.home);
  return { url, email: admin.email, password, api, planId, copy };
}

async function startController(folders: Folders, undo: Undo): Promise<{ url: string; setupCode: string }> {
  const port = await preferredPort(4300);
  const controller = await spawnLogged(process.execPath, [join(dist, 'apps', 'controller', 'main.cjs')], {
    env: {
      ...process.env,
      FLEETCLONE_VAR: join(folders.root, 'controller'),
      FLEETCLONE_PORT: String(port),
      FLEETCLONE_HOST: '127.0.0.1',
      FLEETCLONE_PUBLIC_URL: `http://localhost:${port}`,
      FLEETCLONE_LOG_LEVEL: 'info',
      DATABASE_URL: '',
      REDIS_URL: '',
    },
  });
  undo.push(() => stopAndKeepLog(controller, join(folders.root, 'controller.log')));
  const [, setupCode = ''] = await controller.waitForOutput(/set-up code ([A-Z0-9-]+)/, {
    timeoutMs: 60_000,
  });
  return { url: `http://localhost:${port}`, setupCode };
}

async function preferredPort(port: number): Promise<number> {
  const isTaken = await fetch(`http://127.0.0.1:${port}/livez`).then(
    () => true,
    (error: unknown) => !String((error as { cause?: unknown }).cause).includes('ECONNREFUSED'),
  );
  return isTaken ? freePort() : port;
}

async function becomeAdmin(url: string, code: string, password: string): Promise<ApiClient> {
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
  const console = new ApiClient(url, { cookie, 'x-fleetclone-console': '1' });
  const { token } = await console.post('/api-tokens', CreatedApiToken, {
    name: 'demo',
    role: 'admin',
    expiresInDays: 1,
  });
  return new ApiClient(url, { authorization: `Bearer ${token}` });
}

async function startAgents(folders: Folders, api: ApiClient, undo: Undo): Promise<void> {
  const backupState = join(folders.root, 'backup-mac');
  await mkdir(backupState, { recursive: true, mode: 0o700 });
  const authorizedKeysFile = join(backupState, 'authorized_keys');
  const sshd = await startSshd({ authorizedKeysFile, logFile: join(folders.root, 'sshd.log') });
  undo.push(() => sshd.stop());
  const hostKeyFile = join(backupState, 'ssh_host_key.pub');
  await writeFile(hostKeyFile, `${sshd.hostKeyPublic}\n`);
  const { token } = await api.post('/enrolment-tokens', CreatedEnrolmentToken, {
    name: 'demo',
    uses: 2,
    expiresInHours: 1,
  });
  await startAgent(
    'studio-mac',
    join(folders.root, 'studio-mac'),
    api,
    token,
    ['--allow-source', folders.home, '--allow-destination', folders.disk],
    undo,
  );
  const reachable = [
    '--ssh-address',
    '127.0.0.1',
    '--ssh-port',
    String(sshd.port),
    '--ssh-host-key',
    hostKeyFile,
  ];
  const gate = ['--authorized-keys', authorizedKeysFile, '--gate-folder', join(backupState, 'gate')];
  await startAgent(
    'backup-mac',
    backupState,
    api,
    token,
    [...reachable, ...gate, '--allow-destination', folders.disk],
    undo,
  );
}

async function startAgent(
  name: string,
  state: string,
  api: ApiClient,
  token: string,
  options: readonly string[],
  undo: Undo,
): Promise<void> {
  const program = join(dist, 'apps', 'agent', 'main.cjs');
  const enroll = await spawnLogged(
    process.execPath,
    [program, 'enroll', '--controller', api.url, '--name', name, '--state', state, ...options],
    { env: { ...process.env, FLEETCLONE_ENROL_TOKEN: token } },
  );
  const { code } = await enroll.exited;
  if (code !== 0) throw new Error(`${name} could not enrol: ${enroll.output()}`);
  const agent = await spawnLogged(process.execPath, [program, 'run', '--state', state]);
  undo.push(() => stopAndKeepLog(agent, join(state, '..', `${name}.log`)));
  await waitFor(
    `${name} to come online`,
    async () => {
      if (!agent.isRunning()) throw new Error(`the agent of ${name} ended: ${agent.output()}`);
      const { items } = await api.get('/macs', MacPage);
      return items.some((mac) => mac.name === name && mac.presence === 'online');
    },
    { timeoutMs: 20_000, intervalMs: 100 },
  );
}

async function stopAndKeepLog(program: LoggedProgram, file: string): Promise<void> {
  await program.stop({ graceMs: 20_000 });
  await writeFile(file, program.output());
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
    async () => {
      const { trust } = await api.get(`/plans/${plan.id}`, PlanView);
      return trust === 'authorised';
    },
    { timeoutMs: 30_000, intervalMs: 100 },
  );
  return plan.id;
}

/** Submits a run of the plan. */
export function submitRun(fleet: Pick<DemoFleet, 'api' | 'planId'>): Promise<RunView> {
  return fleet.api.post(`/plans/${fleet.planId}/runs`, RunView, {}, { 'idempotency-key': randomUUID() });
}
