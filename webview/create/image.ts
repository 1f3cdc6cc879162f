/** The image: any reference, with the default one, the recent ones and those of the target offered. */
import * as l10n from '@vscode/l10n';
import { binarySize } from '../../src/workspace/words.ts';
import { Combobox, type Option } from '../shared/combobox.ts';
import { h, setText } from '../shared/dom.ts';
import type { ControlContext } from './controlContext.ts';
import { idsOf } from './field.ts';
import type { FormModel } from './model.ts';

export function imagePicker({ model, meta }: ControlContext): HTMLElement {
  const ids = idsOf('image');
  const facts = h('p', { class: 'facts', id: `${ids.control}-facts` });
  const box = new Combobox({
    id: ids.control,
    describedBy: `${ids.describedBy} ${facts.id}`,
    placeholder: meta.placeholder ?? '',
    options: () => imageOptions(model),
    onChange: image => model.set({ image }, 'typed'),
  });
  let choices = model.choices;
  model.watch(() => {
    box.show(model.text('image'));
    setText(facts, factsOf(model));
    if (choices !== model.choices) box.refresh();
    choices = model.choices;
  });
  return h('div', {}, box.element, facts);
}

function imageOptions({ setup, choices }: FormModel): Option[] {
  const bytes = new Map(choices.images.map(image => [image.reference, image.bytes]));
  const seen = new Set<string>();
  const option = (reference: string, group: string): Option[] => {
    if (seen.has(reference)) return [];
    seen.add(reference);
    const size = bytes.get(reference);
    return [
      { value: reference, label: reference, group, detail: size === undefined ? '' : binarySize(size) },
    ];
  };
  return [
    ...option(setup.defaultImage, l10n.t('Default')),
    ...setup.recentImages.flatMap(reference => option(reference, l10n.t('Recent'))),
    ...choices.images.flatMap(({ reference }) => option(reference, l10n.t('On the target'))),
  ];
}

function factsOf({ image }: FormModel): string {
  if (!image) return '\u00a0';
  const { local, platform, user } = image;
  const where = local ? l10n.t('On the target already') : local === false ? l10n.t('Will be pulled') : '';
  const who = local ? l10n.t('user {0}', user || 'root') : '';
  return [where, platform, who].filter(Boolean).join(' · ') || '\u00a0';
}
