import { apiAddress } from './http';

it('leaves undefined values out of the query and encodes the others', () => {
  expect(apiAddress('/runs', { macId: undefined, cursor: 'a&b', limit: 50 })).toBe(
    '/api/v1/runs?cursor=a%26b&limit=50',
  );
  expect(apiAddress('/macs')).toBe('/api/v1/macs');
});
