import { networkInterfaces } from 'node:os';
import { isOwnAddress } from './own-address';

describe('the addresses of this machine', () => {
  it.each(['127.0.0.1', '127.3.2.1', 'localhost'])('have %s among them', async (host) => {
    expect(await isOwnAddress(host)).toBe(true);
  });

  it('are all that its interfaces have', async () => {
    const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);

    expect(all.length).toBeGreaterThan(0);
    for (const { address } of all) expect(await isOwnAddress(address)).toBe(true);
  });

  it.each(['192.0.2.7', '2001:db8::7', 'nobody.invalid', ''])('have not %j', async (host) => {
    expect(await isOwnAddress(host)).toBe(false);
  });
});
