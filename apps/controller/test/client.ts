import { randomUUID } from 'node:crypto';
import {
  CreatedApiToken,
  CreatedEnrolmentToken,
  EnrolReply,
  type MacFacts,
  PlanView,
  type ReportBatch,
  ReportReceipt,
  RemoteView,
  type TransferOptions,
} from '@fleetclone/contracts';
import type { z } from 'zod';
import type { RunningController } from './start-controller';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Sends one request; bodies are JSON. */
export async function send(
  controller: Pick<RunningController, 'url'>,
  method: string,
  path: string,
  { token, body, headers = {} }: { token?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Reply> {
  const response = await fetch(controller.url + path, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    body: isJson && text !== '' ? JSON.parse(text) : text,
  };
}

export const admin = { name: 'Ada', email: 'ada@example.org', password: 'a long enough password' };

/** Sets the controller up and returns an admin's API token. */
export async function setUp(controller: RunningController): Promise<string> {
  const first = await send(controller, 'POST', '/api/v1/setup', {
    body: { ...admin, code: controller.setupCode },
  });
  const cookie = (first.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const reply = await send(controller, 'POST', '/api/v1/api-tokens', {
    headers: { cookie, 'x-fleetclone-console': '1' },
    body: { name: 'tests', role: 'admin' },
  });
  return CreatedApiToken.parse(reply.body).token;
}

export function buildFacts(overrides: Partial<MacFacts> = {}): MacFacts {
  return {
    platform: 'linux',
    osVersion: 'Debian 12',
    architecture: 'x64',
    hostName: 'host',
    agentVersion: '0.1.0',
    rsyncVersion: '3.5.0',
    ssh: { port: 22, user: 'root', addresses: ['127.0.0.1'], hostKeys: [exampleKey] },
    sourceRoots: ['/Users'],
    destinationRoots: ['/Volumes/Backup'],
    ...overrides,
  };
}

export const exampleKey = `ssh-ed25519 ${Buffer.concat([
  Buffer.from([0, 0, 0, 11]),
  Buffer.from('ssh-ed25519'),
  Buffer.from([0, 0, 0, 32]),
  Buffer.alloc(32, 7),
]).toString('base64')}`;

export async function enrol(controller: RunningController, token: string, name: string): Promise<EnrolReply> {
  const created = await send(controller, 'POST', '/api/v1/enrolment-tokens', { token, body: { name } });
  const reply = await send(controller, 'POST', '/api/v1/agent/enrol', {
    body: {
      token: CreatedEnrolmentToken.parse(created.body).token,
      name,
      instanceId: randomUUID(),
      facts: buildFacts(),
    },
  });
  return EnrolReply.parse(reply.body);
}

/** Two Macs and a plan whose trust is already established, by the agents' own calls. */
export async function buildFleet(
  controller: RunningController,
  token: string,
  options: z.input<typeof TransferOptions> = {},
) {
  const name = randomUUID().slice(0, 8);
  const source = await enrol(controller, token, `source ${name}`);
  const target = await enrol(controller, token, `target ${name}`);
  const remote = RemoteView.parse(
    (
      await send(controller, 'POST', '/api/v1/remotes', {
        token,
        body: { macId: target.macId, roots: ['/Volumes/Backup'] },
      })
    ).body,
  );
  const plan = PlanView.parse(
    (
      await send(controller, 'POST', '/api/v1/plans', {
        token,
        body: {
          name: 'Home',
          macId: source.macId,
          remoteId: remote.id,
          destinationRoot: '/Volumes/Backup',
          sourcePaths: ['/Users/ann'],
          options,
        },
      })
    ).body,
  );
  const credential = await controller.prisma.credential.findFirstOrThrow({ where: { macId: source.macId } });
  const base = `/api/v1/agent/credentials/${credential.id}`;
  await send(controller, 'POST', `${base}/created`, {
    token: source.agentToken,
    body: { publicKey: exampleKey },
  });
  await send(controller, 'POST', `${base}/authorised`, {
    token: target.agentToken,
    body: { result: 'authorised', publicKey: exampleKey },
  });
  return { source, target, remote, plan };
}

export async function report(
  controller: RunningController,
  agent: EnrolReply,
  reports: ReportBatch['reports'],
): Promise<ReportReceipt> {
  const reply = await send(controller, 'POST', '/api/v1/agent/reports', {
    token: agent.agentToken,
    body: { reports },
  });
  return ReportReceipt.parse(reply.body);
}
