declare module '*.sh' {
  const text: string;
  export default text;
}

/** The bundled source of a worker thread. */
declare module '*.worker?text' {
  const text: string;
  export default text;
}
