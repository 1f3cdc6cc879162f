/** What the form comes to in the target's own language: a `docker run` line, or the objects that a cluster would be given. */
import * as l10n from '@vscode/l10n';
import { dockerRun } from '../../src/workspace/dockerRun.ts';
import { hasManifests } from '../../src/workspace/engineTraits.ts';
import type { EngineKind } from '../../src/workspace/field.ts';
import { announce } from '../shared/announce.ts';
import { debounce, h, setText } from '../shared/dom.ts';
import { button, iconButton } from '../shared/toolkit.ts';
import type { Asker } from './asker.ts';
import type { FormModel } from './model.ts';

/** How long typing rests before the target is asked for its objects. */
const restMs = 400;

export interface Equal {
  readonly element: HTMLElement;
  /** Only what is seen is asked for. */
  readonly draw: () => void;
}

export function equalOf(model: FormModel, asker: Asker): Equal {
  const text = h('pre', { class: 'command', tabindex: 0 });
  const copy = iconButton('copy', '', () => {
    asker
      .ask('copy', { text: text.textContent ?? '' })
      .then(() => announce(l10n.t('Copied')))
      .catch(asker.report);
  });
  const open = button('secondary', l10n.t('Preview as YAML'), () => {
    const { form } = model.checked;
    if (form) asker.ask('openPreview', { form }).catch(asker.report);
  });
  const tools = h('div', { class: 'tools' }, open);
  let asked = '';
  const ask = () => {
    const { form } = model.checked;
    const question = JSON.stringify(form);
    if (!form || !hasManifests(model.engine) || question === asked) return;
    asked = question;
    asker.ask('preview', { form }).then(
      preview => {
        if (question === asked) setText(text, preview.text);
      },
      (error: unknown) => {
        if (question !== asked) return;
        // The next change, or the next look, asks again.
        asked = '';
        setText(text, error instanceof Error ? error.message : String(error));
      },
    );
  };
  const later = debounce(restMs, ask);
  const draw = () => {
    const { engine } = model;
    const { form } = model.checked;
    const { name, copyWords, notYet } = wordsOf(engine);
    text.setAttribute('aria-label', name);
    copy.setAttribute('aria-label', copyWords);
    copy.title = copyWords;
    tools.hidden = !hasManifests(engine);
    open.disabled = form === undefined;
    if (form && hasManifests(engine)) {
      if (asked === '') setText(text, l10n.t('Asking the target…'));
      later();
      return;
    }
    asked = '';
    setText(text, form ? dockerRun(form, model.image) : notYet);
  };
  return { element: h('div', {}, h('div', { class: 'command-box' }, text, copy), tools), draw };
}

/** What the summary of the section promises. */
export function equalWords(engine: EngineKind): string {
  return hasManifests(engine)
    ? l10n.t('Every value, where it came from, and the objects that are made')
    : l10n.t('Every value, where it came from, and the equal docker run line');
}

function wordsOf(engine: EngineKind): { name: string; copyWords: string; notYet: string } {
  return hasManifests(engine)
    ? {
        name: l10n.t('The objects that are made'),
        copyWords: l10n.t('Copy the YAML'),
        notYet: l10n.t('The objects are shown once everything is valid.'),
      }
    : {
        name: l10n.t('The equal docker run line'),
        copyWords: l10n.t('Copy the docker run line'),
        notYet: l10n.t('The line is shown once everything is valid.'),
      };
}
