import type { Role } from '@fleetclone/contracts';

/** The roles, and what each may do. */
export const roleWords = {
  viewer: { label: 'Viewer', may: 'looks' },
  operator: { label: 'Operator', may: 'looks, starts and cancels runs' },
  admin: { label: 'Admin', may: 'does everything, and changes the fleet' },
} as const satisfies Record<Role, { label: string; may: string }>;
