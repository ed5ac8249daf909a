import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describeHostKey } from './fingerprint';
import { sha256 } from './sha256';

it('digests any bytes as the standard does', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const expected = createHash('sha256').update(bytes).digest('hex');
      expect(Buffer.from(sha256(bytes)).toString('hex')).toBe(expected);
    }),
  );
});

it('prints a fingerprint as ssh-keygen does', () => {
  const line = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEmKT0vF4kLgMQO3Xbq8E6vvXu8Z1k4Zr0F2Jq7T2cVx';
  // What `ssh-keygen -lf` of OpenSSH 9.2 prints for this line.
  const fingerprint = 'SHA256:GJYb1Co1fijmyy1VGZ80Zz1tbPiw8hi6zWTfwLdMqJo';
  expect(describeHostKey(line)).toEqual({ kind: 'ed25519', fingerprint });
});
