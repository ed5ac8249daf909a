import { LinkClock } from './link-clock';

describe('the clock of a link', () => {
  it('delays by half a round trip when there is no limit', () => {
    const clock = new LinkClock({ roundTripMs: 100, bytesPerSecond: null });
    expect(clock.send(10_000_000, 5)).toBe(55);
    expect(clock.send(10_000_000, 5)).toBe(55);
    expect(clock.backlogMs(5)).toBe(0);
  });

  it('lets bytes go one after the other at its rate', () => {
    const clock = new LinkClock({ roundTripMs: 20, bytesPerSecond: 10_000_000 });
    expect(clock.send(100_000, 0)).toBe(20);
    expect(clock.send(100_000, 0)).toBe(30);
    expect(clock.backlogMs(0)).toBe(20);
    expect(clock.backlogMs(15)).toBe(5);
  });

  it('saves nothing up while it is idle', () => {
    const clock = new LinkClock({ roundTripMs: 0, bytesPerSecond: 1_000 });
    clock.send(10, 0);
    expect(clock.send(10, 1_000)).toBe(1_010);
  });

  it('cuts what it sends into pieces of two milliseconds, and never below a packet', () => {
    expect(new LinkClock({ roundTripMs: 0, bytesPerSecond: 10_000_000 }).pieceBytes).toBe(20_000);
    expect(new LinkClock({ roundTripMs: 0, bytesPerSecond: 10_000 }).pieceBytes).toBe(1_500);
    expect(new LinkClock({ roundTripMs: 0, bytesPerSecond: null }).pieceBytes).toBe(Number.POSITIVE_INFINITY);
  });
});
