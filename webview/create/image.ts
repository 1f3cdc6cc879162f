/** The image: any reference, or one of those that all sources together have for what is typed. */
import * as l10n from '@vscode/l10n';
import { type ImageKind, imageKinds } from '../../src/workspace/settings.ts';
import { binarySize } from '../../src/workspace/words.ts';
import { announce } from '../shared/announce.ts';
import { Combobox } from '../shared/combobox.ts';
import { debounce, h, setText } from '../shared/dom.ts';
import type { ControlContext } from './controlContext.ts';
import { idsOf } from './field.ts';
import { ImageResults } from './imageResults.ts';
import type { FormModel } from './model.ts';

/** How long typing rests before a search begins. */
const restMs = 200;

export function imagePicker({ model, asker, meta }: ControlContext): HTMLElement {
  const ids = idsOf('image');
  const facts = h('span', { id: `${ids.control}-facts` });
  const ask = h(
    'button',
    {
      class: 'link',
      type: 'button',
      'aria-describedby': facts.id,
      onclick: () => {
        // It goes away with the click.
        box.input.focus();
        model.touch('image');
      },
    },
    l10n.t('Ask It'),
  );
  const results = new ImageResults();
  let text = '';
  const search = async () => {
    const number = results.begin(text);
    box.refresh();
    const kind = chosenKind(model);
    const { targetId } = model;
    await asker
      .ask('searchImages', {
        search: number,
        text,
        ...(targetId && { target: targetId }),
        ...(kind && { kind }),
      })
      .catch(asker.report);
    if (!results.end(number) || !box.isOpen) return;
    box.refresh();
    announce(countWords(results.options(kind).length));
  };
  const soon = debounce(restMs, () => {
    if (box.isOpen) void search();
  });
  const box: Combobox = new Combobox({
    id: ids.control,
    describedBy: `${ids.describedBy} ${facts.id}`,
    placeholder: meta.placeholder ?? '',
    options: () => results.options(chosenKind(model)),
    onSearch: typed => {
      text = typed;
      results.narrow(typed);
      soon();
      if (typed === '') soon.flush();
    },
    onClose: () => void asker.ask('endImageSearch', {}).catch(asker.report),
    status: () =>
      results.isSearching
        ? l10n.t('Looking for images…')
        : results.options(chosenKind(model)).length === 0
          ? l10n.t('No image found. Any reference can be typed.')
          : '',
    onChange: image => model.set({ image }, 'typed'),
  });
  asker.onImagesFound(found => {
    if (results.add(found)) box.refresh();
  });
  model.watch(() => {
    box.show(model.text('image'));
    setText(facts, factsOf(model));
    ask.hidden = model.unaskedRegistry === undefined;
  });
  return h('div', {}, box.element, h('p', { class: 'facts' }, facts, ' ', ask));
}

/** As the person chose it; a kind that was only told by an image does not narrow the choice of the next one. */
function chosenKind(model: FormModel): ImageKind | undefined {
  return model.origin('kind') === 'typed' ? imageKinds.find(kind => kind === model.value('kind')) : undefined;
}

function countWords(count: number): string {
  if (count === 0) return l10n.t('No image found. Any reference can be typed.');
  return count === 1 ? l10n.t('1 image') : l10n.t('{0} images', String(count));
}

function factsOf({ image, unaskedRegistry }: FormModel): string {
  if (!image) return '\u00a0';
  if (unaskedRegistry !== undefined)
    return l10n.t(
      'A link names {0}, which is none of your registries: it has not been asked.',
      unaskedRegistry,
    );
  const { local, platform, user, bytes, isPending, unknown } = image;
  const size = bytes === undefined ? '' : binarySize(bytes);
  const coming = size ? l10n.t('Will be pulled, {0}', size) : l10n.t('Will be pulled');
  const where = local ? l10n.t('On the target already') : local === false ? coming : size;
  const who = platform === undefined ? '' : l10n.t('user {0}', user || 'root');
  const asked = isPending ? l10n.t('asking its registry…') : (unknown ?? '');
  return [where, platform, who, asked].filter(Boolean).join(' · ') || '\u00a0';
}
