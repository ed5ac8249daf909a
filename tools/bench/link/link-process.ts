// The bench's links, in a process of their own so that what they cost is nobody's who is measured. It ends with the bench.
import { DelayedLink, type LinkBytes } from './delayed-link';
import { type LinkAnswer, LinkRequest } from './link-messages';

const links = new Map<string, DelayedLink>();

async function answer(request: LinkRequest): Promise<LinkAnswer> {
  if (request.type === 'open') {
    const { id, targetPort, roundTripMs, bytesPerSecond } = request;
    const link = new DelayedLink(targetPort, { roundTripMs, bytesPerSecond });
    links.set(id, link);
    return { type: 'open', id, port: await link.start() };
  }
  const { user, system } = process.cpuUsage();
  const bytes: Record<string, LinkBytes> = {};
  for (const [id, link] of links) bytes[id] = link.bytes();
  return { type: 'look', cpuMs: (user + system) / 1000, bytes };
}

process.on('message', (message) => {
  void answer(LinkRequest.parse(message)).then((reply) => process.send?.(reply));
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole group; the bench says when it is over.
process.on('SIGINT', () => undefined);
