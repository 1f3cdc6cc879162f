/** Lists that come page by page, each of which says where the next one is. */
import * as l10n from '@vscode/l10n';
import { RegistryProblem } from './registryProblem.ts';

export interface Page<T> {
  readonly entries: readonly T[];
  /** Path and query of the next page; absent: this is the last. */
  readonly next?: string;
}

/** A list that an API keeps: where it begins, and what a page of it says. Pure. */
export interface PagedApi<T> {
  /** Path and query of its first page. */
  readonly first: string;
  /**
   * Reads a parsed page; throws for what is none. Where it does not say where the next one is, the header `Link` does.
   */
  read(page: unknown): Page<T>;
}

/** A list that goes on after that has no end. */
const mostPages = 1000;

/** Page after page, for as long as there is a next one; pages without entries are passed over. */
export async function* pagesOf<T>(
  first: () => string,
  fetchPage: (at: string, guard: () => void) => Promise<Page<T>>,
): AsyncGenerator<readonly T[]> {
  const seen = new Set<string>();
  let next: string | undefined = first();
  while (next !== undefined) {
    const at: string = next;
    const guard = () => {
      if (seen.has(at) || seen.size >= mostPages) {
        throw new RegistryProblem(l10n.t('its list has no end.'), 'failed');
      }
      seen.add(at);
    };
    const page: Page<T> = await fetchPage(at, guard);
    if (page.entries.length > 0) yield page.entries;
    next = page.next;
  }
}

/** Each name once: a list that changes while it is read, or that is odd, may have one on several pages. */
export async function* distinct(pages: AsyncIterable<readonly string[]>): AsyncGenerator<readonly string[]> {
  const seen = new Set<string>();
  for await (const page of pages) {
    yield page.filter(name => {
      const isNew = !seen.has(name);
      seen.add(name);
      return isNew;
    });
  }
}

/** Reads the body of a page; throws RegistryProblem for what cannot be read. */
export function readPage<T>(body: Buffer, read: (page: unknown) => T): T {
  try {
    return read(JSON.parse(body.toString('utf8')));
  } catch (cause) {
    throw new RegistryProblem(l10n.t('its answer cannot be read.'), 'failed', cause);
  }
}

/** One header's text, though it came more than once. */
export function headerText(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.join(', ');
}
