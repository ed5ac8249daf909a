function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  document.body.append(area);
  const before = document.activeElement;
  area.select();
  // Deprecated, but the only way on plain http, where browsers hide navigator.clipboard.
  const isCopied = document.execCommand('copy'); // eslint-disable-line @typescript-eslint/no-deprecated
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return isCopied;
}

/** Put a text on the clipboard; false when the browser does not let us. */
export async function copyText(text: string): Promise<boolean> {
  const clipboard = (navigator as Partial<Navigator>).clipboard;
  if (!clipboard) return copyBySelection(text);
  try {
    await clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text); // refused by a permission policy, for example
  }
}
