import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempFolder } from '@fleetclone/testing';
import { type DemoFleet, type Folders, startDemoFleet } from '../demo/demo-fleet';

export interface TestFleet extends DemoFleet {
  readonly folders: Folders;
}

/** Two Macs and a controller, as built in dist/, in a temporary folder. */
export async function startFleet(controllerEnv: Readonly<Record<string, string>> = {}): Promise<TestFleet> {
  const temp = await makeTempFolder('fleet');
  // As root, PostgreSQL runs as nobody and has to get in.
  await chmod(temp.path, 0o711);
  const folders = {
    root: temp.path,
    home: join(temp.path, 'Users', 'ann'),
    disk: join(temp.path, 'Backup Disk'),
  };
  await mkdir(folders.home, { recursive: true });
  await mkdir(folders.disk);
  const dist = join(__dirname, '..', '..', 'dist');
  try {
    const fleet = await startDemoFleet(folders, { say: () => undefined, dist, controllerEnv });
    const stop = async (): Promise<number> => {
      const killed = await fleet.stop();
      await temp.remove();
      return killed;
    };
    return { ...fleet, folders, stop };
  } catch (error) {
    await temp.remove();
    throw error;
  }
}
