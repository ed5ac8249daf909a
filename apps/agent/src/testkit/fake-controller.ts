import {
  CredentialAuthorised,
  CredentialCreated,
  EnrolRequest,
  Heartbeat,
  type ProblemCode,
  problemCodes,
  ReportBatch,
  type RunReport,
} from '@fleetclone/contracts';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { z } from 'zod';

export interface AttemptName {
  readonly runId: string;
  readonly fence: number;
}

/** What to do with the next requests instead of answering them well. */
export type Trouble = 'answer-lost' | 'unavailable' | 'unacknowledged';

/**
 * Plays the controller towards one agent, over real HTTP and with the contracts' schemas: it applies each report at most once,
 * by its number, and keeps what it applied.
 */
export class FakeController {
  readonly applied: RunReport[] = [];
  readonly batches: RunReport[][] = [];
  readonly heartbeats: z.infer<typeof Heartbeat>[] = [];
  readonly enrolments: z.infer<typeof EnrolRequest>[] = [];
  readonly created = new Map<string, z.infer<typeof CredentialCreated>>();
  readonly authorised = new Map<string, z.infer<typeof CredentialAuthorised>>();
  readonly authorizations: (string | undefined)[] = [];
  readonly revokedTokens = new Set<string>();
  cancel: AttemptName[] = [];
  trouble: Trouble | undefined;
  /** Answers 400 to a batch that holds a report that this says yes to. */
  refuses: (report: RunReport) => boolean = () => false;
  enrolReply: unknown;
  private readonly highest = new Map<string, number>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FakeController> {
    const server = createServer();
    const controller = new FakeController(server);
    server.on('request', (request, response) => void controller.handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return controller;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The states and ends applied of one run, in order. */
  statesOf(runId: string): string[] {
    return this.applied.flatMap((report) =>
      report.runId === runId && (report.type === 'state' || report.type === 'result') ? [report.state] : [],
    );
  }

  resultsOf(runId: string): Extract<RunReport, { type: 'result' }>[] {
    return this.applied
      .filter((report) => report.type === 'result')
      .filter((report) => report.runId === runId);
  }

  logOf(runId: string): string {
    return this.applied
      .flatMap((report) => (report.type === 'log' && report.runId === runId ? report.lines : []))
      .map(({ level, text }) => `${level}: ${text}`)
      .join('\n');
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    this.authorizations.push(request.headers.authorization);
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    if (this.trouble === 'unavailable' || this.revokedTokens.has(token)) {
      refuse(response, this.revokedTokens.has(token) ? 'AUTH.REQUIRED' : 'SERVER.UNAVAILABLE');
      return;
    }
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    const answer = this.answer(request.url ?? '', body);
    if (answer === undefined) refuse(response, 'REQUEST.MALFORMED');
    else if (this.trouble === 'answer-lost') response.destroy();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  private answer(url: string, body: unknown): unknown {
    const credential = /^\/api\/v1\/agent\/credentials\/([0-9a-f-]+)\/(created|authorised)$/.exec(url);
    if (credential?.[1] !== undefined) return this.takeCredential(credential[1], credential[2], body);
    if (url === '/api/v1/agent/enrol') {
      this.enrolments.push(EnrolRequest.parse(body));
      return this.enrolReply;
    }
    if (url === '/api/v1/agent/heartbeat') {
      this.heartbeats.push(Heartbeat.parse(body));
      return { nextInMs: 250, cancel: this.cancel };
    }
    return url === '/api/v1/agent/reports' ? this.takeReports(body) : undefined;
  }

  private takeCredential(id: string, what: string | undefined, body: unknown): unknown {
    if (what === 'created') this.created.set(id, CredentialCreated.parse(body));
    else this.authorised.set(id, CredentialAuthorised.parse(body));
    return {};
  }

  private takeReports(body: unknown): unknown {
    const { reports } = ReportBatch.parse(body);
    if (reports.some(this.refuses)) return undefined;
    this.batches.push(reports);
    if (this.trouble === 'unacknowledged') return { acknowledged: [], cancel: [] };
    const acknowledged = new Map<string, { runId: string; fence: number; seq: number }>();
    for (const report of reports) {
      const name = `${report.runId}.${report.fence}`;
      const before = this.highest.get(name) ?? 0;
      if (report.seq > before) {
        this.highest.set(name, report.seq);
        this.applied.push(report);
      }
      acknowledged.set(name, { runId: report.runId, fence: report.fence, seq: this.highest.get(name) ?? 0 });
    }
    return { acknowledged: [...acknowledged.values()], cancel: this.cancel };
  }
}

function refuse(response: ServerResponse, code: ProblemCode): void {
  const { status, title } = problemCodes[code];
  const problem = { type: 'about:blank', title, status, code, detail: '' };
  response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
}
