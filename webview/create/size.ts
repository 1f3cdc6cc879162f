/** CPU and memory: a preset, or exact values beside it. */
import * as l10n from '@vscode/l10n';
import { type FormKey, formFields } from '../../src/workspace/draft.ts';
import { presetProblem } from '../../src/workspace/policy/apply.ts';
import { h } from '../shared/dom.ts';
import type { ControlContext } from './controlContext.ts';
import { controls } from './controls.ts';
import { fieldBlock } from './field.ts';

/** The two fields that a preset fills in, and the preset in front of them. */
export function sizeFields(context: Pick<ControlContext, 'model' | 'asker'>): HTMLElement {
  const { model } = context;
  const { presets } = model.setup;
  const words = (cpus: number, memoryGiB: number) =>
    l10n.t('{0} CPUs, {1} GiB', String(cpus), String(memoryGiB));
  const labels = presets.map(({ name, cpus, memoryGiB }) => `${name} (${words(cpus, memoryGiB)})`);
  const problems = () => presets.map(preset => presetProblem(preset, model.bounds, model.engine));
  const select = h(
    'select',
    {
      id: 'f-preset',
      class: 'input select',
      onchange: () => {
        const preset = presets[Number(select.value)];
        if (!preset) return;
        // Chosen by hand: no image's advice takes its place.
        for (const key of ['cpus', 'memoryMiB']) model.touched.add(key);
        model.set({ cpus: preset.cpus, memoryMiB: Math.round(preset.memoryGiB * 1024) }, 'preset');
      },
    },
    h('option', { value: 'exact' }, l10n.t('Exact values')),
    ...labels.map((label, index) => h('option', { value: String(index) }, label)),
  );
  model.watch(() => {
    for (const [index, problem] of problems().entries()) {
      const option = select.options[index + 1];
      if (!option || option.disabled === (problem !== undefined)) continue;
      option.disabled = problem !== undefined;
      const label = labels[index] ?? '';
      option.textContent = problem === undefined ? label : l10n.t('{0}: not allowed by policy', label);
    }
    const { cpus, memoryMiB } = model.checked.values;
    const chosen = presets[Number(select.value)];
    const fits = (preset: (typeof presets)[number] | undefined) =>
      preset?.cpus === cpus && preset !== undefined && Math.round(preset.memoryGiB * 1024) === memoryMiB;
    if (fits(chosen)) return;
    const index = presets.findIndex(fits);
    select.value = index < 0 ? 'exact' : String(index);
  });
  const one = (key: FormKey) => {
    const meta = formFields.get(key);
    return meta && fieldBlock(model, key, meta, controls[meta.control]({ ...context, key, meta }));
  };
  const preset = h(
    'div',
    { class: 'field field-choice' },
    h('label', { class: 'label', for: 'f-preset' }, l10n.t('Preset')),
    select,
  );
  return h(
    'fieldset',
    { class: 'size' },
    h('legend', { class: 'visually-hidden' }, l10n.t('Size')),
    preset,
    one('cpus'),
    one('memoryMiB'),
  );
}
