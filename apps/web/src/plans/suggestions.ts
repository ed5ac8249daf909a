interface Suggestion {
  readonly value: string;
}

/**
 * Which suggestions to show for what is in the field: all of them while it holds one of them, so that the others can be chosen
 * instead; else those that begin like it, and none once something else is being typed.
 */
export function suggest<Item>(options: Item[], typed: string): Item[] {
  const values = options.map((option) => (isSuggestion(option) ? option.value : ''));
  if (values.includes(typed)) return options;
  return options.filter((_, index) => values[index]?.startsWith(typed));
}

function isSuggestion(option: unknown): option is Suggestion {
  return (
    typeof option === 'object' && option !== null && 'value' in option && typeof option.value === 'string'
  );
}
