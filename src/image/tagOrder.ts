/** Tags by their names alone, the newest first. Pure. */

/** What moves along with the newest version comes before all versions. */
const moving: readonly string[] = ['latest', 'stable', 'main', 'master', 'edge', 'nightly'];

interface Parsed {
  readonly tag: string;
  readonly rank: number;
  /** The numbers of its version, most significant first; empty: it begins with none. */
  readonly numbers: readonly number[];
  readonly rest: string;
  readonly isPreview: boolean;
}

/**
 * `latest` and the like first, then versions from the highest down (a release before its own previews, and the plain
 * version before its variants), then all other names in the order of the alphabet.
 */
export function newestFirst(tags: readonly string[]): string[] {
  return tags
    .map(parse)
    .sort(compare)
    .map(({ tag }) => tag);
}

function parse(tag: string): Parsed {
  const at = moving.indexOf(tag);
  const [, version = '', rest = ''] = /^v?(\d+(?:[._]\d+)*)(.*)$/i.exec(tag) ?? [];
  // What looks like a commit is no version.
  const isVersion = version !== '' && !/^[0-9a-f]{7,}$/i.test(tag.replace(/^\d{8}$/, ''));
  return {
    tag,
    rank: at >= 0 ? at : isVersion ? moving.length : moving.length + 1,
    numbers: isVersion ? version.split(/[._]/).map(Number) : [],
    rest: isVersion ? rest : tag,
    isPreview: isVersion && /^[-._+]?(?:alpha|beta|rc|pre|preview|dev|snapshot|[ab]\d)/i.test(rest),
  };
}

function compare(a: Parsed, b: Parsed): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  for (let at = 0; at < Math.max(a.numbers.length, b.numbers.length); at++) {
    // '1.2' moves along with the newest '1.2.x', so it comes before them.
    const difference =
      (b.numbers[at] ?? Number.POSITIVE_INFINITY) - (a.numbers[at] ?? Number.POSITIVE_INFINITY);
    if (difference !== 0) return difference > 0 ? 1 : -1;
  }
  if (a.isPreview !== b.isPreview) return a.isPreview ? 1 : -1;
  // Of previews the later one first: rc2 before rc1, rc10 before rc9.
  const byRest = a.isPreview ? compareNatural(b.rest, a.rest) : compareNatural(a.rest, b.rest);
  return byRest || compareNatural(a.tag, b.tag);
}

/** Plain order of code units, but runs of digits count as numbers: a locale's order costs a hundred times more. */
function compareNatural(a: string, b: string): number {
  const [left, right] = [a, b].map(text => text.split(/(\d+)/));
  for (let at = 0; at < Math.max(left?.length ?? 0, right?.length ?? 0); at++) {
    const [x = '', y = ''] = [left?.[at], right?.[at]];
    if (x === y) continue;
    const difference = at % 2 === 1 ? Number(x) - Number(y) : 0;
    return difference || (x < y ? -1 : 1);
  }
  return 0;
}
