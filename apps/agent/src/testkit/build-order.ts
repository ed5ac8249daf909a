import { type BackupOrder, TransferOptions } from '@fleetclone/contracts';

const hostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAMCvYkZW2aJcPGeHEGB3FMdGZcQpGNcKS0rcX1mkHHj';

/** A backup order with every field filled; ids are fixed unless overridden. */
export function buildBackupOrder(overrides: Partial<BackupOrder> = {}): BackupOrder {
  return {
    type: 'backup',
    runId: '7f6c1a52-7d2b-4f6e-9d0a-3c9d1f0b5a01',
    fence: 1,
    plan: { id: '7f6c1a52-7d2b-4f6e-9d0a-3c9d1f0b5a02', name: 'Home', slug: 'home' },
    sourcePaths: ['/Users/ann'],
    excludes: [],
    options: TransferOptions.parse({}),
    remote: {
      macId: '7f6c1a52-7d2b-4f6e-9d0a-3c9d1f0b5a03',
      host: '192.0.2.7',
      port: 22,
      user: 'root',
      hostKeys: [hostKey],
    },
    credentialId: '7f6c1a52-7d2b-4f6e-9d0a-3c9d1f0b5a04',
    planFolder: '/Volumes/Backup/studio-mac/home',
    archiveName: '2026-11-22T100000Z',
    snapshotName: '2026-11-22T100000Z',
    ...overrides,
  };
}
