import { sha256 } from './sha256';

/** A public key's kind and fingerprint as `ssh-keygen -l` prints it: `ssh-ed25519 SHA256:…`, without padding. */
export function describeHostKey(publicKey: string): { readonly kind: string; readonly fingerprint: string } {
  const [kind = '', encoded = ''] = publicKey.split(' ');
  const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
  const digest = btoa(String.fromCharCode(...sha256(bytes))).replace(/=+$/, '');
  return { kind: kind.replace(/^ssh-/, ''), fingerprint: `SHA256:${digest}` };
}
