/** Rights that are missing, in few enough words to be read. Pure. */

/** 'get secrets', 'list secrets', 'create jobs' → 'secrets (get, list), jobs (create)'. */
export function rightsInWords(rights: readonly string[]): string {
  const verbs = new Map<string, string[]>();
  for (const right of rights) {
    const at = right.indexOf(' ');
    const [verb, thing] = at < 0 ? ['', right] : [right.slice(0, at), right.slice(at + 1)];
    verbs.set(thing, [...(verbs.get(thing) ?? []), ...(verb === '' ? [] : [verb])]);
  }
  return [...verbs]
    .map(([thing, list]) => (list.length === 0 ? thing : `${thing} (${list.join(', ')})`))
    .join(', ');
}
