import type { MacFacts } from '@fleetclone/contracts';
import { waitFor } from '@fleetclone/testing';
import { randomUUID } from 'node:crypto';
import { ControllerClient } from '../http/controller-client';
import type { AttemptKey } from '../journal/attempt-journal';
import { createLogger } from '../logging/logger';
import { FakeController } from '../testkit/fake-controller';
import { Heartbeat } from './heartbeat';

const facts: MacFacts = {
  platform: 'linux',
  osVersion: 'Linux',
  architecture: 'arm64',
  hostName: 'studio',
  agentVersion: '0.1.0',
  rsyncVersion: null,
  ssh: null,
  sourceRoots: ['/'],
  destinationRoots: [],
};
const active = { runId: randomUUID(), fence: 1 };

let controller: FakeController;
let heartbeat: Heartbeat;
let cancelled: AttemptKey[];
let onRevoked: jest.Mock;
let currentFacts: MacFacts;

beforeEach(async () => {
  controller = await FakeController.start();
  cancelled = [];
  onRevoked = jest.fn();
  currentFacts = facts;
  heartbeat = new Heartbeat({
    client: new ControllerClient({ controllerUrl: controller.url, agentToken: 'token' }),
    log: createLogger('silent'),
    readFacts: () => Promise.resolve(currentFacts),
    activeRuns: () => [active],
    onCancel: (keys) => cancelled.push(...keys),
    onRevoked,
  });
});
afterEach(async () => {
  await heartbeat.stop();
  await controller.stop();
});

it('beats as often as it is asked to, with what is under way and what the Mac is now', async () => {
  heartbeat.start();
  await waitFor('a beat', () => controller.heartbeats.length >= 2);
  currentFacts = { ...facts, rsyncVersion: '3.5.0' };
  await waitFor('the news', () => controller.heartbeats.at(-1)?.facts.rsyncVersion === '3.5.0');

  expect(controller.heartbeats[0]).toEqual({ facts, activeRuns: [active] });
});

it('passes on which attempts are to be stopped', async () => {
  controller.cancel = [active];
  heartbeat.start();

  await waitFor('the cancellation', () => cancelled.length > 0);

  expect(cancelled[0]).toEqual(active);
});

it('goes on after the controller was away', async () => {
  controller.trouble = 'unavailable';
  heartbeat.start();
  await waitFor('a failed beat', () => controller.authorizations.length > 0);
  controller.trouble = undefined;

  await waitFor('a beat', () => controller.heartbeats.length > 0);
});

it('says when the controller does not know this agent any more', async () => {
  controller.revokedTokens.add('token');
  heartbeat.start();

  await waitFor('the news', () => onRevoked.mock.calls.length > 0);
});

it('beats at once when asked to', async () => {
  heartbeat.start();
  await waitFor('a beat', () => controller.heartbeats.length > 0);
  const before = controller.heartbeats.length;
  heartbeat.beatNow();

  await waitFor('another beat', () => controller.heartbeats.length > before, {
    timeoutMs: 200,
    intervalMs: 5,
  });
});
