import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { InvalidPublicKeyError, WeakPublicKeyError } from './openssh.errors';
import { fingerprintSha256, parsePublicKey } from './public-key';
import { sshString } from './ssh-wire';
import { codeOf } from '../testkit/code-of';

const ED25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
const line = (type: string, ...fields: (Buffer | string)[]) =>
  `${type} ${Buffer.concat([type, ...fields].map(sshString)).toString('base64')}`;
const jwkOf = (key: KeyObject) => key.export({ format: 'jwk' });
const mpint = (base64url: string | undefined) => {
  const bytes = Buffer.from(base64url ?? '', 'base64url');
  return bytes[0]! >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes;
};
const rsaLine = (bits: number) => {
  const { e, n } = jwkOf(generateKeyPairSync('rsa', { modulusLength: bits }).publicKey);
  return line('ssh-rsa', mpint(e), mpint(n));
};

describe('parsePublicKey', () => {
  it('splits a line into type, blob and comment', () => {
    expect(parsePublicKey(`${ED25519} ann@studio mac`)).toEqual({
      type: 'ssh-ed25519',
      blob: ED25519.split(' ')[1],
      comment: 'ann@studio mac',
    });
    expect(parsePublicKey(ED25519).comment).toBe('');
  });

  it('accepts ECDSA keys on the curve they name', () => {
    const { x = '', y = '' } = jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey);
    const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
    expect(parsePublicKey(line('ecdsa-sha2-nistp384', 'nistp384', point)).type).toBe('ecdsa-sha2-nistp384');
    const offCurve = Buffer.concat([point.subarray(0, -1), Buffer.from([point.at(-1)! ^ 1])]);
    for (const fields of [
      ['nistp256', point],
      ['nistp384', offCurve],
      ['nistp384', point.subarray(1)],
    ]) {
      expect(() => parsePublicKey(line('ecdsa-sha2-nistp384', ...fields))).toThrow(InvalidPublicKeyError);
    }
  });

  it('accepts RSA from 2048 bits and refuses shorter ones', () => {
    expect(parsePublicKey(rsaLine(2048)).type).toBe('ssh-rsa');
    expect(() => parsePublicKey(rsaLine(2047))).toThrow(WeakPublicKeyError);
    expect(() => parsePublicKey(rsaLine(1024))).toThrow(WeakPublicKeyError);
  });

  it('refuses DSA', () => {
    const dsa = line(
      'ssh-dss',
      Buffer.alloc(128, 1),
      Buffer.alloc(20, 1),
      Buffer.alloc(128, 1),
      Buffer.alloc(128, 1),
    );
    expect(codeOf(() => parsePublicKey(dsa))).toBe('KEYS.WEAK_PUBLIC_KEY');
  });

  const rsaModulus = Buffer.concat([Buffer.from([0, 0xff]), Buffer.alloc(255, 0xff)]);
  it.each([
    ['nothing', ''],
    ['options before the key', `restrict ${ED25519}`],
    ['a forced command before the key', `command="x" ${ED25519}`],
    ['a newline', `${ED25519}\n`],
    ['two lines', `${ED25519}\n${ED25519}`],
    ['a carriage return in the comment', `${ED25519} ann\rroot`],
    ['a NUL in the comment', `${ED25519} ann\0`],
    ['a leading blank', ` ${ED25519}`],
    ['a tab for a blank', ED25519.replace(' ', '\t')],
    ['a byte order mark', `\uFEFF${ED25519}`],
    ['a blob that is not base64', 'ssh-ed25519 AAAA!'],
    ['a cut blob', ED25519.slice(0, -4)],
    ['base64 with stray bits', `${ED25519.slice(0, -1)}m`.replace(/m$/, 'B=')],
    ['a type that differs from the blob', ED25519.replace('ssh-ed25519', 'ssh-rsa')],
    ['bytes after the key', line('ssh-ed25519', Buffer.alloc(32, 7), 'more')],
    ['a short Ed25519 point', line('ssh-ed25519', Buffer.alloc(31, 7))],
    ['a hardware-backed key', line('sk-ssh-ed25519@openssh.com', Buffer.alloc(32, 7), 'ssh:')],
    ['a certificate', line('ssh-ed25519-cert-v01@openssh.com', Buffer.alloc(32, 7))],
    ['a negative RSA modulus', line('ssh-rsa', Buffer.from([3]), rsaModulus.subarray(1))],
    [
      'an RSA modulus with superfluous zeros',
      line('ssh-rsa', Buffer.from([3]), Buffer.concat([Buffer.alloc(1), rsaModulus])),
    ],
    ['an RSA exponent of one', line('ssh-rsa', Buffer.from([1]), rsaModulus)],
    ['an RSA key without modulus', line('ssh-rsa', Buffer.from([3]))],
  ])('refuses %s', (_what, text) => {
    expect(() => parsePublicKey(text)).toThrow(InvalidPublicKeyError);
    expect(codeOf(() => parsePublicKey(text))).toBe('KEYS.INVALID_PUBLIC_KEY');
  });
});

describe('fingerprintSha256', () => {
  it('is the unpadded base64 of the hash over the blob, whatever the comment', () => {
    expect(fingerprintSha256(ED25519)).toBe('SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU');
    expect(fingerprintSha256(`${ED25519} github.com`)).toBe(fingerprintSha256(ED25519));
  });

  it('refuses what is not a key', () => {
    expect(() => fingerprintSha256('SHA256:abc')).toThrow(InvalidPublicKeyError);
  });
});
