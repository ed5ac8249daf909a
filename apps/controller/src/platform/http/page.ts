/**
 * One page of a list, from rows read with `take: limit + 1`: the row too many tells that there is another page, whose cursor is the
 * id of the last one shown.
 */
export async function pageFrom<Row, View extends { readonly id: string }>(
  rows: readonly Row[],
  limit: number,
  present: (rows: readonly Row[]) => View[] | Promise<View[]>,
): Promise<{ items: View[]; next: string | null }> {
  const items = await present(rows.slice(0, limit));
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
