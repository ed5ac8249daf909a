export interface FileXattrs {
  /** Relative to the folder in question. */
  readonly path: Buffer;
  /** Names without Linux's "user." in front. */
  readonly xattrs: ReadonlyMap<string, Buffer>;
}

/** By path (see bytesToKey): attribute name to value in lower-case hexadecimal. */
export type XattrsByPath = ReadonlyMap<string, ReadonlyMap<string, string>>;
