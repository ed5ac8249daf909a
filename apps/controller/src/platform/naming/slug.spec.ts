import { freeSlug, slugOf } from './slug';

describe('slugOf', () => {
  it.each([
    ['Studio Mac', 'studio-mac'],
    ['Änne’s MacBook Pro (16")', 'anne-s-macbook-pro-16'],
    ['  --x--  ', 'x'],
    ['日本', 'mac'],
    ['../../etc', 'etc'],
    ['a'.repeat(200), 'a'.repeat(50)],
  ])('makes %j the folder %j', (name, slug) => {
    expect(slugOf(name, 'mac')).toBe(slug);
  });
});

describe('freeSlug', () => {
  it('counts up past those that are taken', () => {
    expect(freeSlug('mac', new Set(['mac', 'mac-2']))).toBe('mac-3');
    expect(freeSlug('mac', new Set())).toBe('mac');
  });
});
