import type { BackupOrder } from '@fleetclone/contracts';
import { GATE_MAX_PLAN_BYTES } from '@fleetclone/keys';

export interface PlanDocumentMac {
  readonly id: string;
  readonly name: string;
}

/**
 * What is left at the destination so that the copy explains itself without the controller: whose it is, of what, and how it is
 * laid out. Excludes are left out when they would make it longer than the gate takes.
 */
export function renderPlanDocument(order: BackupOrder, mac: PlanDocumentMac, agentVersion: string): string {
  const document = {
    formatVersion: 1,
    plan: order.plan,
    mac,
    sourcePaths: order.sourcePaths,
    layout: LAYOUTS[order.options.mode],
    lastRun: { runId: order.runId, fence: order.fence },
    agentVersion,
  };
  const whole = JSON.stringify({ ...document, excludes: order.excludes }, null, 2);
  return Buffer.byteLength(whole) <= GATE_MAX_PLAN_BYTES ? whole : JSON.stringify(document, null, 2);
}

const LAYOUTS = {
  mirror: {
    mode: 'mirror',
    current: 'current/<path on the Mac>',
    archive: 'archive/<time of the run>/<path below current>',
  },
  snapshots: {
    mode: 'snapshots',
    snapshots: 'snapshots/<time of the run>/<path on the Mac>',
    latest: 'latest: a link to the newest of them',
  },
} as const;
