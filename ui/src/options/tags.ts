/** The tags in a text that a person typed: with commas between them, each once. */
export function typedTags(text: string): string[] {
  const tags = text.split(",").map((tag) => tag.trim().slice(0, 64));
  return [...new Set(tags.filter((tag) => tag !== ""))].slice(0, 20);
}

/** The tags that come from elsewhere than from the person: the person's own stand last. */
export function othersTags(tags: readonly string[], own: readonly string[]): string[] {
  return own.length === 0 ? [...tags] : tags.slice(0, Math.max(0, tags.length - own.length));
}
