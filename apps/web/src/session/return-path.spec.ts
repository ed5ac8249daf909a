import { safeReturnPath, signInPath } from './return-path';

it.each(['https://example.org', '//example.org', '/\\example.org', 'runs', null])(
  'goes home instead of %j',
  (path) => {
    expect(safeReturnPath(path)).toBe('/');
  },
);

it('comes back to where one was, filters included', () => {
  const address = signInPath({ pathname: '/runs', search: '?state=failed&mac=a' });
  const next = new URL(address, 'http://console').searchParams.get('next');
  expect(safeReturnPath(next)).toBe('/runs?state=failed&mac=a');
  expect(signInPath({ pathname: '/', search: '' })).toBe('/sign-in');
});
