import { fetchAllPages } from './pages';

it('follows the cursors to the end', async () => {
  const asked: (string | undefined)[] = [];
  const items = await fetchAllPages((cursor) => {
    asked.push(cursor);
    return Promise.resolve(cursor === undefined ? { items: [1, 2], next: 'b' } : { items: [3], next: null });
  });
  expect(items).toEqual([1, 2, 3]);
  expect(asked).toEqual([undefined, 'b']);
});
