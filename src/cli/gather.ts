/** Keeps every word of an option that may be given again. */
export const gather = (word: string, words: readonly string[]): readonly string[] => [...words, word];
