/** From this size on a file is worth being sent by a stream of its own, apart from all the small ones. */
export const LARGE_FILE_BYTES = 4_000_000;
