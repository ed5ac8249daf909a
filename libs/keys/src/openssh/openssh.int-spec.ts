import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeTempFolder, type TempFolder } from '@fleetclone/testing';
import { generateCredentialKeyPair } from './key-pair';
import { WeakPublicKeyError } from './openssh.errors';
import { fingerprintSha256, parsePublicKey } from './public-key';

const run = promisify(execFile);

describe('our keys and those of ssh-keygen', () => {
  let temp: TempFolder;
  const keygen = async (...args: string[]) => (await run('ssh-keygen', args)).stdout.trim();

  beforeAll(async () => {
    temp = await makeTempFolder('keys');
  });
  afterAll(() => temp.remove());

  // The length of the comment moves the padding of the private part through all its eight cases.
  it.each(['', 'a', 'ab', 'abc', 'abcd', 'abcde', 'abcdef', 'fleetclone Büro-Mac 中'])(
    'ssh-keygen reads our private key with the comment %j',
    async (comment) => {
      const pair = await generateCredentialKeyPair(comment);
      const file = join(temp.path, 'ours');
      await writeFile(file, pair.privateKey, { mode: 0o600 });
      await writeFile(`${file}.pub`, `${pair.publicKey}\n`);

      await expect(keygen('-y', '-f', file)).resolves.toBe(`${pair.publicKey} ${comment}`.trim());
      await expect(keygen('-lf', `${file}.pub`)).resolves.toContain(` ${fingerprintSha256(pair.publicKey)} `);
    },
  );

  it.each([
    ['ed25519', '256'],
    ['rsa', '2048'],
    ['ecdsa', '256'],
    ['ecdsa', '384'],
    ['ecdsa', '521'],
  ])('we read a public key of type %s with %s bits', async (type, bits) => {
    const file = join(temp.path, `${type}-${bits}`);
    await keygen('-q', '-t', type, '-b', bits, '-N', '', '-C', 'ann@studio', '-f', file);
    const line = (await readFile(`${file}.pub`, 'utf8')).trimEnd();

    expect(parsePublicKey(line).comment).toBe('ann@studio');
    await expect(keygen('-lf', `${file}.pub`)).resolves.toContain(` ${fingerprintSha256(line)} `);
  });

  it('we refuse an RSA key of 1024 bits that ssh-keygen makes', async () => {
    const file = join(temp.path, 'short');
    await keygen('-q', '-t', 'rsa', '-b', '1024', '-N', '', '-f', file);
    const line = (await readFile(`${file}.pub`, 'utf8')).trimEnd();
    expect(() => parsePublicKey(line)).toThrow(WeakPublicKeyError);
  });
});
