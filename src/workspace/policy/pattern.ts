/** Patterns of policies: `*` anything but a slash, `**` anything, `?` one character but a slash. Pure. */

/** Takes the text letter by letter with all places of the pattern that it may have come to: no pattern takes long. */
export function fitsPattern(pattern: string, text: string): boolean {
  const parts = pattern.match(/\*+|[^*]/gs) ?? [];
  let places = past(parts, [0]);
  for (const letter of text.split('')) {
    const next = [...places].flatMap(place => {
      const part = parts[place] ?? '';
      if (part.startsWith('**') || (part === '*' && letter !== '/')) return [place];
      return part === letter || (part === '?' && letter !== '/') ? [place + 1] : [];
    });
    places = past(parts, next);
  }
  return places.has(parts.length);
}

/** With where one comes to when stars stand for nothing. */
function past(parts: readonly string[], places: readonly number[]): ReadonlySet<number> {
  const all = new Set<number>();
  for (const place of places) {
    let at = place;
    all.add(at);
    while (parts[at]?.startsWith('*')) all.add(++at);
  }
  return all;
}
