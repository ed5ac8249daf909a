// Runs before the first paint, so that a dark desktop never sees a white flash. A file of its own: inline scripts are not allowed.
(() => {
  const chosen = () => {
    try {
      return globalThis.localStorage.getItem('fleetclone-color-scheme');
    } catch {
      return null; // storage is switched off: follow the system
    }
  };
  const followsSystem = !['light', 'dark'].includes(chosen());
  const isSystemDark = globalThis.matchMedia('(prefers-color-scheme: dark)').matches;
  const scheme = followsSystem ? (isSystemDark ? 'dark' : 'light') : chosen();
  globalThis.document.documentElement.setAttribute('data-mantine-color-scheme', scheme);
})();
