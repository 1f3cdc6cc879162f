/** Reads `WWW-Authenticate` (RFC 9110, 11.6.1), kindly: registries write it in many ways. Pure. */

export interface Challenge {
  /** In lower case: 'basic', 'bearer'. */
  readonly scheme: string;
  /** By names in lower case; of a name that comes twice, the first. */
  readonly parameters: ReadonlyMap<string, string>;
}

const gap = /[\s,]*/y;
const space = /\s*/y;
const token = /[\w!#$%&'*+.^`|~-]+/y;
const equals = /\s*=\s*/y;
const token68 = /\s+[\w.~+/-]+=*(?=\s*(?:,|$))/y;
const quoted = /"((?:[^"\\]|\\.)*)"?/sy;
/** More than RFC 9110 allows outside quotes, as some write addresses there. */
const bare = /[^\s,"]*/y;

/** All challenges of a header, in its order. What cannot be understood is passed over. */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  const scanner = new Scanner(header);
  while (!scanner.isAtEnd) {
    scanner.take(gap);
    const name = scanner.take(token)?.[0]?.toLowerCase();
    if (name === undefined) {
      scanner.skip();
      continue;
    }
    if (scanner.take(equals)) {
      const value = scanner.take(quoted)?.[1]?.replace(/\\(.)/gs, '$1') ?? scanner.take(bare)?.[0] ?? '';
      const parameters = challenges.at(-1)?.parameters;
      if (parameters && !parameters.has(name)) parameters.set(name, value);
      continue;
    }
    challenges.push({ scheme: name, parameters: new Map() });
    scanner.take(token68);
    scanner.take(space);
  }
  return challenges;
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** What the sticky pattern finds right here, which is then behind us. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (!match) return undefined;
    this.#at = pattern.lastIndex;
    return match;
  }

  skip(): void {
    this.#at++;
  }
}
