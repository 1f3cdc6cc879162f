/** Notes as elements: made one by one, so that nothing in them is ever markup. */
import { h } from '../shared/dom.ts';
import { type Block, type Inline, parseMarkdown } from './markdown.ts';

/** `openLink` asks the host: a page opens nothing by itself. */
export function notesView(markdown: string, openLink: (url: string) => void): HTMLElement[] {
  return parseMarkdown(markdown).map(block => blockView(block, openLink));
}

function blockView(block: Block, openLink: (url: string) => void): HTMLElement {
  const inlines = (all: readonly Inline[]) => all.map(inline => inlineView(inline, openLink));
  switch (block.kind) {
    case 'heading':
      return h('h3', {}, ...inlines(block.inline));
    case 'paragraph':
      return h('p', {}, ...inlines(block.inline));
    case 'code':
      return h('pre', { class: 'verbatim', tabindex: 0 }, block.text);
    case 'list':
      return h(
        block.ordered ? 'ol' : 'ul',
        { class: 'notes-list' },
        ...block.items.map(item => h('li', {}, ...inlines(item))),
      );
  }
}

function inlineView(inline: Inline, openLink: (url: string) => void): Node | string {
  switch (inline.kind) {
    case 'text':
      return inline.text;
    case 'code':
      return h('code', {}, inline.text);
    case 'strong':
      return h('strong', {}, inline.text);
    case 'emphasis':
      return h('em', {}, inline.text);
    case 'link':
      return h(
        'button',
        {
          type: 'button',
          class: 'link',
          role: 'link',
          title: inline.url,
          onclick: () => openLink(inline.url),
        },
        inline.text,
      );
  }
}
