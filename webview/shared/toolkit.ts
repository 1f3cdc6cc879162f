/**
 * The only file that knows @vscode/webview-ui-toolkit, which is archived: to replace it, replace this file. Text
 * fields and choices are the browser's own, because an id in `aria-describedby` cannot reach into a shadow root.
 */
import {
  type Button,
  type Checkbox,
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeProgressRing,
} from '@vscode/webview-ui-toolkit';
import { type Child, h } from './dom.ts';
import { type IconName, icon } from './icons.ts';

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeCheckbox());

export type ButtonLook = 'primary' | 'secondary';

/** A button with words. */
export function button(look: ButtonLook, text: string, onClick: () => void): Button {
  const element = h('vscode-button', { appearance: look, onclick: onClick }, text) as Button;
  return element;
}

/** A button with an icon alone; the words are its name and tooltip. */
export function iconButton(name: IconName, words: string, onClick: () => void): Button {
  return h(
    'vscode-button',
    { appearance: 'icon', 'aria-label': words, title: words, onclick: onClick },
    icon(name),
  ) as Button;
}

export function checkbox(
  label: Child,
  checked: boolean,
  onChange: (checked: boolean) => void,
  attributes: Readonly<Record<string, string | boolean | undefined>> = {},
): Checkbox {
  const element = h('vscode-checkbox', attributes, label) as Checkbox;
  element.checked = checked;
  element.addEventListener('change', () => onChange(element.checked));
  return element;
}

export type { Button, Checkbox };

let hasRing = false;

/** Something is going on; `words` for who cannot see it turn. */
export function progressRing(words: string): HTMLElement {
  // Registered at its first use, so that a page without one does not carry it.
  if (!hasRing) provideVSCodeDesignSystem().register(vsCodeProgressRing());
  hasRing = true;
  return h('vscode-progress-ring', { 'aria-label': words });
}
