/** JSON as catalogues are found in the wild: with a byte order mark, and with commas before closing brackets. Pure. */

export interface LenientJson {
  readonly value: unknown;
  /** It had commas that JSON does not allow. */
  readonly hadTrailingCommas: boolean;
}

/** Throws SyntaxError as JSON.parse does. */
export function parseLenientJson(text: string): LenientJson {
  const plain = text.replace(/^\uFEFF/, '');
  try {
    return { value: JSON.parse(plain), hadTrailingCommas: false };
  } catch (error) {
    const repaired = withoutTrailingCommas(plain);
    if (repaired === plain) throw error;
    return { value: JSON.parse(repaired), hadTrailingCommas: true };
  }
}

/** Strings are passed over whole, so that what stands in them stays; a comma becomes a space, so that places stay right. */
function withoutTrailingCommas(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|,(?=\s*[\]}])/g, found => (found === ',' ? ' ' : found));
}
