/** Few rows in which every two values of different factors meet at least once. */

export type Factors = Readonly<Record<string, readonly string[]>>;
export type Row<F extends Factors> = { readonly [Name in keyof F]: F[Name][number] };

/** Greedy: each row begins with a pair that is not met yet, and takes what meets the most of the others. */
export function pairwise<F extends Factors>(factors: F): Row<F>[] {
  const names = Object.keys(factors);
  const open = new Set(pairsOf(names, name => factors[name] ?? []));
  const rows: Row<F>[] = [];
  for (let [first] = open; first !== undefined; [first] = open) {
    const row = new Map<string, string>(JSON.parse(first) as [string, string][]);
    for (const name of names) {
      if (row.has(name)) continue;
      const met = (value: string) => [...row].filter(other => open.has(pairOf([name, value], other))).length;
      const [best = ''] = [...(factors[name] ?? [])].sort((a, b) => met(b) - met(a));
      row.set(name, best);
    }
    for (const pair of pairsOf(names, name => [row.get(name) ?? ''])) open.delete(pair);
    rows.push(Object.fromEntries(row) as Row<F>);
  }
  return rows;
}

function pairsOf(names: readonly string[], values: (name: string) => readonly string[]): string[] {
  return names.flatMap((one, at) =>
    names
      .slice(at + 1)
      .flatMap(other => values(one).flatMap(a => values(other).map(b => pairOf([one, a], [other, b])))),
  );
}

/** The same whichever of the two comes first. */
function pairOf(...pair: readonly [readonly [string, string], readonly [string, string]]): string {
  return JSON.stringify(pair.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
