/**
 * Waits until all have ended, then gives their results or throws the first error: nothing goes on behind the back of
 * whoever handles it. `onError` hears of each, to stop the others.
 */
export async function allSettled<const Promises extends readonly unknown[]>(
  promises: Promises,
  onError: (error: unknown) => void = () => undefined,
): Promise<{ -readonly [Key in keyof Promises]: Awaited<Promises[Key]> }> {
  let first: { readonly error: unknown } | undefined;
  const results = await Promise.all(
    promises.map((promise) =>
      Promise.resolve(promise).catch((error: unknown) => {
        first ??= { error };
        onError(error);
      }),
    ),
  );
  if (first !== undefined) throw first.error;
  return results as { -readonly [Key in keyof Promises]: Awaited<Promises[Key]> };
}
