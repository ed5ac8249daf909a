import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '@fleetclone/testing';
import type { Contender, Copier, Stage } from '../contenders/contender';
import type { FarEnd } from './far-end';

/** A contender with its destination. */
export interface OpenStage {
  readonly contender: Contender;
  readonly copier: Copier;
  /** Which state of the source it has copied; 0 for none yet. */
  version: number;
  close(): Promise<void>;
}

/** Makes destinations, each in a folder that never existed before: file systems are slow where much was just deleted. */
export class Stages {
  private made = 0;

  constructor(
    private readonly folder: string,
    private readonly far: FarEnd,
    private readonly source: string,
  ) {}

  async open(contender: Contender): Promise<OpenStage> {
    this.made += 1;
    const name = `${contender.name}-${this.made}`;
    // Ours has to lie below a folder that the gate lets in.
    const destination = join(contender.kind === 'ours' ? this.far.gateRoot : this.folder, name, 'copy');
    const scratch = join(this.folder, `${name}-scratch`);
    for (const made of [destination, scratch]) await mkdir(made, { recursive: true });
    const stage: Stage = { source: this.source, destination, scratch, far: this.far };
    const copier = await contender.open(stage);
    return {
      contender,
      copier,
      version: 0,
      close: async () => {
        await removeTree(join(destination, '..'));
        await removeTree(scratch);
      },
    };
  }
}
