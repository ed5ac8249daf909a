import { InvalidKeyCommentError } from './openssh.errors';
import { generateCredentialKeyPair } from './key-pair';
import { parsePublicKey } from './public-key';

describe('generateCredentialKeyPair', () => {
  it('gives a public key without comment, and never the same twice', async () => {
    const first = await generateCredentialKeyPair('studio-mac');
    const second = await generateCredentialKeyPair('studio-mac');
    expect(parsePublicKey(first.publicKey)).toMatchObject({ type: 'ssh-ed25519', comment: '' });
    expect(second.publicKey).not.toBe(first.publicKey);
    expect(second.privateKey).not.toBe(first.privateKey);
  });

  it.each(['a\nb', 'a\0', '\u001b[2J'])('refuses a comment with control characters', async (comment) => {
    await expect(generateCredentialKeyPair(comment)).rejects.toThrow(InvalidKeyCommentError);
  });
});
