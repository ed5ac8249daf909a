import { CreatedApiToken, CreatedEnrolmentToken } from '@fleetclone/contracts';
import { randomUUID } from 'node:crypto';
import { buildFacts, enrol, send, setUp, admin } from './client';
import { type RunningController, startController, stopController } from './start-controller';

/** Every route that needs no credential. Nothing may be added here without a reason that stands in docs/security.md. */
const publicRoutes = [
  'GET /livez',
  'GET /readyz',
  'GET /api/v1/setup',
  'POST /api/v1/setup',
  'POST /api/v1/session',
  'POST /api/v1/agent/enrol',
];

interface RouterLayer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
}

describe('access', () => {
  let controller: RunningController;
  let token: string;

  beforeAll(async () => {
    controller = await startController();
    token = await setUp(controller);
  }, 60_000);

  afterAll(() => stopController(controller), 30_000);

  /** Every route that Express knows of, with its parameters filled in. */
  function allRoutes(): { method: string; path: string }[] {
    const express = controller.app.getHttpAdapter().getInstance() as unknown as {
      router: { stack: readonly RouterLayer[] };
    };
    return express.router.stack.flatMap(({ route }) =>
      route === undefined || route.path.startsWith('/api/docs')
        ? []
        : Object.keys(route.methods).map((method) => ({
            method: method.toUpperCase(),
            path: route.path.replace(/:[A-Za-z]+/g, randomUUID()),
          })),
    );
  }

  it('answers 401 on every route but the declared public ones', async () => {
    const routes = allRoutes();
    const answers = await Promise.all(
      routes.map(async ({ method, path }) => ({
        route: `${method} ${path}`,
        status: (await send(controller, method, path)).status,
      })),
    );

    expect(routes.length).toBeGreaterThan(25);
    const open = answers.filter(({ status }) => status !== 401).map(({ route }) => route);
    expect(open.filter((route) => !publicRoutes.includes(route))).toEqual([]);
    // A wrong body is what these complain about, not a missing credential.
    expect(open.sort()).toEqual([...publicRoutes].sort());
  });

  it('answers 401 to a token that looks right but is unknown', async () => {
    for (const purpose of ['api', 'agent', 'session']) {
      const reply = await send(controller, 'GET', '/api/v1/runs', {
        token: `fleetclone_${purpose}_${'x'.repeat(43)}`,
      });
      expect(reply).toMatchObject({ status: 401, body: { code: 'AUTH.REQUIRED' } });
    }
  });

  it('keeps agents from what people do, and people from what agents do', async () => {
    const agent = await enrol(controller, token, 'mac');

    expect(await send(controller, 'GET', '/api/v1/runs', { token: agent.agentToken })).toMatchObject({
      status: 403,
    });
    expect(await send(controller, 'POST', '/api/v1/agent/heartbeat', { token, body: {} })).toMatchObject({
      status: 403,
    });
  });

  it('lets a viewer look and change nothing', async () => {
    const created = await send(controller, 'POST', '/api/v1/api-tokens', {
      token,
      body: { name: 'looker', role: 'viewer' },
    });
    const viewer = CreatedApiToken.parse(created.body).token;

    expect(await send(controller, 'GET', '/api/v1/macs', { token: viewer })).toMatchObject({ status: 200 });
    for (const path of [
      '/api/v1/plans',
      '/api/v1/runs',
      '/api/v1/enrolment-tokens',
      '/api/v1/remotes',
      '/api/v1/api-tokens',
    ]) {
      expect(await send(controller, 'POST', path, { token: viewer, body: {} })).toMatchObject({
        status: 403,
        body: { code: 'AUTH.FORBIDDEN' },
      });
    }
  });

  it('can be set up once only, and only with the code from the terminal', async () => {
    const again = await send(controller, 'POST', '/api/v1/setup', {
      body: { ...admin, code: controller.setupCode },
    });

    expect(again).toMatchObject({ status: 409, body: { code: 'SETUP.ALREADY_DONE' } });
  });

  it('signs in with the right password and tells nothing else apart', async () => {
    const right = await send(controller, 'POST', '/api/v1/session', {
      body: { email: 'ADA@example.org', password: admin.password },
    });
    const wrongPassword = await send(controller, 'POST', '/api/v1/session', {
      body: { email: admin.email, password: 'x' },
    });
    const unknown = await send(controller, 'POST', '/api/v1/session', {
      body: { email: 'nobody@example.org', password: 'x' },
    });

    expect(right.status).toBe(201);
    expect(right.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/);
    expect(wrongPassword).toMatchObject({ status: 401, body: { code: 'AUTH.WRONG_CREDENTIALS' } });
    expect({ ...(unknown.body as object), requestId: '' }).toEqual({
      ...(wrongPassword.body as object),
      requestId: '',
    });
  });

  it('takes changes with a cookie from the console only', async () => {
    const session = await send(controller, 'POST', '/api/v1/session', {
      body: { email: admin.email, password: admin.password },
    });
    const cookie = session.headers.get('set-cookie')!.split(';')[0]!;
    const body = { name: 'x', role: 'viewer' };

    const forged = await send(controller, 'POST', '/api/v1/api-tokens', { headers: { cookie }, body });
    const crossSite = await send(controller, 'POST', '/api/v1/api-tokens', {
      headers: { cookie, 'x-fleetclone-console': '1', 'sec-fetch-site': 'cross-site' },
      body,
    });
    const own = await send(controller, 'POST', '/api/v1/api-tokens', {
      headers: { cookie, 'x-fleetclone-console': '1' },
      body,
    });

    expect([forged.status, crossSite.status, own.status]).toEqual([403, 403, 201]);
  });

  it('ends a session for good when its person signs out', async () => {
    const session = await send(controller, 'POST', '/api/v1/session', {
      body: { email: admin.email, password: admin.password },
    });
    const headers = {
      cookie: session.headers.get('set-cookie')!.split(';')[0]!,
      'x-fleetclone-console': '1',
    };

    expect((await send(controller, 'DELETE', '/api/v1/session', { headers })).status).toBe(204);
    expect((await send(controller, 'GET', '/api/v1/session', { headers })).status).toBe(401);
  });

  it('lets exactly as many Macs in as an enrolment token has uses, also when they race', async () => {
    const created = await send(controller, 'POST', '/api/v1/enrolment-tokens', {
      token,
      body: { name: 'two', uses: 2 },
    });
    const enrolment = CreatedEnrolmentToken.parse(created.body);
    const tries = Array.from({ length: 5 }, (_, index) =>
      send(controller, 'POST', '/api/v1/agent/enrol', {
        body: {
          token: enrolment.token,
          name: `racer ${index}`,
          instanceId: randomUUID(),
          facts: buildFacts(),
        },
      }),
    );

    const statuses = (await Promise.all(tries)).map((reply) => reply.status);

    expect(statuses.sort()).toEqual([201, 201, 401, 401, 401]);
  });

  it('ends the old secrets when a state folder enrols again, and keeps the Mac', async () => {
    const instanceId = randomUUID();
    const enrolOnce = async () => {
      const created = await send(controller, 'POST', '/api/v1/enrolment-tokens', {
        token,
        body: { name: 'again' },
      });
      const body = {
        token: CreatedEnrolmentToken.parse(created.body).token,
        name: 'again',
        instanceId,
        facts: buildFacts(),
      };
      return (await send(controller, 'POST', '/api/v1/agent/enrol', { body })).body as {
        macId: string;
        agentToken: string;
      };
    };
    const first = await enrolOnce();
    const second = await enrolOnce();
    const beat = (agentToken: string) =>
      send(controller, 'POST', '/api/v1/agent/heartbeat', {
        token: agentToken,
        body: { facts: buildFacts(), activeRuns: [] },
      });

    expect(second.macId).toBe(first.macId);
    expect((await beat(first.agentToken)).status).toBe(401);
    expect((await beat(second.agentToken)).status).toBe(200);
  });

  it('names the field at fault, and answers broken JSON, unknown routes and huge bodies as problems', async () => {
    const field = await send(controller, 'POST', '/api/v1/enrolment-tokens', {
      token,
      body: { name: '', uses: 'many' },
    });
    const broken = await send(controller, 'POST', '/api/v1/enrolment-tokens', { token, body: '{"name":' });
    const nowhere = await send(controller, 'GET', '/api/v1/nothing', { token });
    const huge = await send(controller, 'POST', '/api/v1/enrolment-tokens', {
      token,
      body: { name: 'x'.repeat(3_000_000) },
    });

    expect(field).toMatchObject({ status: 400, body: { code: 'REQUEST.MALFORMED' } });
    expect((field.body as { errors: { field: string }[] }).errors.map((error) => error.field)).toEqual([
      'name',
      'uses',
    ]);
    expect(broken).toMatchObject({ status: 400, body: { code: 'REQUEST.MALFORMED' } });
    expect(nowhere).toMatchObject({ status: 404, body: { code: 'REQUEST.NOT_FOUND' } });
    expect(huge).toMatchObject({ status: 413, body: { code: 'REQUEST.TOO_LARGE' } });
    expect(field.headers.get('content-type')).toContain('application/problem+json');
  });

  it('describes every route of the API in its OpenAPI document', async () => {
    const { body } = await send(controller, 'GET', '/api/docs.json');
    const document = body as {
      openapi: string;
      paths: Record<string, Record<string, unknown>>;
      components: { schemas: object };
    };
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{[A-Za-z]+\}/g, '*')}`),
    );
    const served = allRoutes().map(({ method, path }) => `${method} ${path.replace(/[0-9a-f-]{36}/, '*')}`);

    expect(document.openapi).toBe('3.1.0');
    expect(served.filter((route) => !described.includes(route))).toEqual([]);
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['Run', 'Mac', 'Plan', 'Problem', 'SubmitRun']),
    );
  });
});
