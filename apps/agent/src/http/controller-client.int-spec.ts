import { freePort } from '@fleetclone/testing';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { ControllerClient } from './controller-client';

const Reply = z.object({ nextInMs: z.int() });
let server: Server;
let url: string;
let answer: { status: number; body: string; headers?: Record<string, string> };
let seen: { url: string | undefined; authorization: string | undefined }[];

beforeEach(async () => {
  seen = [];
  answer = { status: 200, body: '{"nextInMs":1}' };
  server = createServer((request, response) => {
    seen.push({ url: request.url, authorization: request.headers.authorization });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const post = (controllerUrl = url, timeoutMs = 5_000): Promise<unknown> =>
  new ControllerClient({ controllerUrl, agentToken: 'secret', timeoutMs }).post(
    '/api/v1/agent/heartbeat',
    {},
    Reply,
  );

it('posts as this agent, below the path that the controller was given with', async () => {
  await expect(post(`${url}/fleet`)).resolves.toEqual({ nextInMs: 1 });

  expect(seen).toEqual([{ url: '/fleet/api/v1/agent/heartbeat', authorization: 'Bearer secret' }]);
});

it("tells the controller's own refusal from everything else", async () => {
  const problem = { type: 'about:blank', title: 'No', status: 401, code: 'AUTH.REQUIRED', detail: 'gone' };
  answer = { status: 401, body: JSON.stringify(problem) };
  await expect(post()).rejects.toMatchObject({ name: 'ControllerRefusedError', problem: { status: 401 } });

  answer = { status: 401, body: '<html>a hotel portal</html>' };
  await expect(post()).rejects.toMatchObject({ name: 'ControllerUnreachableError' });

  answer = { status: 503, body: JSON.stringify({ ...problem, status: 503, code: 'SERVER.UNAVAILABLE' }) };
  await expect(post()).rejects.toMatchObject({ name: 'ControllerUnreachableError' });
});

it('follows no redirection, which could carry the token elsewhere', async () => {
  answer = { status: 307, body: '', headers: { location: `${url}/elsewhere` } };

  await expect(post()).rejects.toMatchObject({ name: 'ControllerUnreachableError' });
  expect(seen).toHaveLength(1);
});

it('counts an answer of another form, and none at all, as unreachable, saying why', async () => {
  answer = { status: 200, body: '{"nextInMs":"soon"}' };
  await expect(post()).rejects.toMatchObject({ name: 'ControllerUnreachableError' });

  await expect(post(`http://127.0.0.1:${await freePort()}`)).rejects.toThrow(/no answer from .*ECONNREFUSED/);
});

it('gives up on an answer that does not come', async () => {
  server.removeAllListeners('request');

  await expect(post(url, 50)).rejects.toThrow('it took too long');
  server.closeAllConnections();
});
