/**
 * Notes of unknown origin, read as a small part of Markdown: headings, paragraphs, lists, code, emphasis and links to http
 * and https. What is anything else, HTML and pictures with it, stays the text that it is. Pure: makes no markup itself.
 */

export type Inline =
  | { readonly kind: 'text' | 'code' | 'strong' | 'emphasis'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: string };

export type Block =
  | { readonly kind: 'heading' | 'paragraph'; readonly inline: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] };

const fence = /^ {0,3}(?:```|~~~)/;
const heading = /^ {0,3}#{1,6}\s+(.*)$/;
const bullet = /^\s{0,8}[-*+]\s+(.*)$/;
const numbered = /^\s{0,8}\d{1,9}[.)]\s+(.*)$/;

export function parseMarkdown(text: string): readonly Block[] {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    const title = titleIn(line);
    if (line.trim() === '') at++;
    else if (fence.test(line)) {
      const end = lines.findIndex((other, index) => index > at && fence.test(other));
      const last = end < 0 ? lines.length : end;
      blocks.push({ kind: 'code', text: lines.slice(at + 1, last).join('\n') });
      at = last + 1;
    } else if (title !== undefined) {
      blocks.push({ kind: 'heading', inline: parseInline(title) });
      at++;
    } else if (itemOf(line)) {
      const ordered = !bullet.test(line);
      const items: string[] = [];
      for (let item = itemOf(lines[at] ?? ''); item; item = itemOf(lines[at] ?? '')) {
        if (item.ordered !== ordered) break;
        items.push(item.text);
        at++;
      }
      blocks.push({ kind: 'list', ordered, items: items.map(parseInline) });
    } else {
      const first = at;
      while (at < lines.length && isPlain(lines[at] ?? '')) at++;
      blocks.push({ kind: 'paragraph', inline: parseInline(lines.slice(first, at).join(' ')) });
    }
  }
  return blocks;
}

/** Of a heading, without the marks that may close it. */
function titleIn(line: string): string | undefined {
  const title = heading.exec(line)?.[1]?.trimEnd();
  if (title === undefined) return undefined;
  let end = title.length;
  while (title[end - 1] === '#') end--;
  return title.slice(0, end).trimEnd();
}

function itemOf(line: string): { readonly ordered: boolean; readonly text: string } | undefined {
  const [plain, ordered] = [bullet.exec(line)?.[1], numbered.exec(line)?.[1]];
  if (plain !== undefined) return { ordered: false, text: plain };
  return ordered === undefined ? undefined : { ordered: true, text: ordered };
}

function isPlain(line: string): boolean {
  return line.trim() !== '' && !fence.test(line) && !heading.test(line) && !itemOf(line);
}

/** One alternative each for code, link, bare address, strong and emphasis; none can backtrack over another's text. */
const marks =
  /`([^`\n]{1,2000})`|!?\[([^[\]\n]{1,500})\]\(([^()\s]{1,2000})\)|<?(https?:\/\/[^\s<>()[\]"'`]{1,2000})>?|\*\*([^*\n]{1,2000})\*\*|\*([^*\s][^*\n]{0,2000})\*/g;

function parseInline(text: string): Inline[] {
  const found: Inline[] = [];
  let last = 0;
  for (const match of text.matchAll(marks)) {
    const [whole, code, label, target, address, strong, emphasis] = match;
    const inline = inlineOf(whole, { code, label, target, address, strong, emphasis });
    if (match.index > last) found.push({ kind: 'text', text: text.slice(last, match.index) });
    found.push(inline);
    last = match.index + whole.length;
  }
  if (last < text.length) found.push({ kind: 'text', text: text.slice(last) });
  return found;
}

function inlineOf(whole: string, parts: Readonly<Record<string, string | undefined>>): Inline {
  const { code, label, target, address, strong, emphasis } = parts;
  if (code !== undefined) return { kind: 'code', text: code };
  if (strong !== undefined) return { kind: 'strong', text: strong };
  if (emphasis !== undefined) return { kind: 'emphasis', text: emphasis };
  const url = webAddress(target ?? address ?? '');
  // A picture becomes its words, and a link that leads elsewhere too.
  if (url === undefined || whole.startsWith('!')) return { kind: 'text', text: label ?? whole };
  return { kind: 'link', text: label ?? url, url };
}

/** Only http and https, without a user in it, which would make one host look like another. */
function webAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, username, password, href } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' ? href : undefined;
}
