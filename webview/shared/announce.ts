/** Says something to screen readers without moving the focus. */
import { h } from './dom.ts';

const region = h('div', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });

/** Said once the reader is done with what it says now. The same words again are said again. */
export function announce(words: string): void {
  if (!region.isConnected) document.body.append(region);
  region.textContent = '';
  setTimeout(() => {
    region.textContent = words;
  }, 50);
}
