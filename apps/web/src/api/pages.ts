interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** The largest page that the controller gives. */
export const largestPage = 200;

/** Every item of a paged list, page after page. */
export async function fetchAllPages<Item>(
  fetchPage: (cursor: string | undefined) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await fetchPage(cursor);
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return items;
}
