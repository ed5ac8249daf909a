import type { Database } from '../platform/prisma/prisma';

export interface AuditEntry {
  /** `person:<name>`, `script:<name>`, `agent:<mac id>` or `controller`. */
  readonly actor: string;
  /** What was done, as `area.verb`. */
  readonly action: string;
  /** What it was done to, as `kind:<id>`. */
  readonly subject: string;
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Writes an audit entry in the transaction of the change itself: neither is there without the other. */
export async function recordAudit(database: Database, entry: AuditEntry): Promise<void> {
  await database.auditEvent.create({
    data: { actor: entry.actor, action: entry.action, subject: entry.subject, detail: { ...entry.detail } },
  });
}
