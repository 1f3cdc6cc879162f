/** The target, with its health and room; one that is down says why and offers the way out. */
import * as l10n from '@vscode/l10n';
import type { TargetInfo } from '../../src/panels/messages.ts';
import type { TargetId } from '../../src/workspace/name.ts';
import { binarySize } from '../../src/workspace/words.ts';
import { announce } from '../shared/announce.ts';
import { Combobox } from '../shared/combobox.ts';
import { h } from '../shared/dom.ts';
import { button } from '../shared/toolkit.ts';
import { type ControlContext, isLocked } from './controlContext.ts';
import { idsOf } from './field.ts';

const tones = { up: 'good', down: 'bad', unknown: 'unknown' } as const;

export function targetPicker(context: ControlContext): HTMLElement {
  const { model, asker } = context;
  const ids = idsOf('target');
  const line = h('div', { class: 'facts', id: `${ids.control}-facts` });
  const titleOf = (id: string) => model.targets.find(target => target.id === id)?.title ?? id;
  const box = new Combobox({
    id: ids.control,
    describedBy: `${ids.describedBy} ${line.id}`,
    textOf: titleOf,
    options: () =>
      model.targets.map(target => ({
        value: target.id,
        label: target.title,
        detail: [target.id, healthWords(target)].join(' · '),
        tone: tones[target.health],
      })),
    onChange: target => model.set({ target }, 'typed'),
  });
  box.input.disabled = isLocked(context);
  let drawn = '';
  model.watch(() => {
    box.show(model.text('target'));
    const { target } = model;
    const state = JSON.stringify(target);
    if (state === drawn && line.hasChildNodes()) return;
    drawn = state;
    box.refresh();
    if (!target) {
      const words =
        model.targets.length === 0 ? l10n.t('There is no target yet: add one in the Berth view.') : '\u00a0';
      line.replaceChildren(words);
      return;
    }
    const again = button('secondary', l10n.t('Try again'), () => {
      asker.ask('refreshTarget', { target: target.id }).catch(asker.report);
    });
    const fix =
      target.problem?.action !== undefined &&
      button('primary', target.problem.action, () => {
        asker.ask('fixTarget', { target: target.id }).catch(asker.report);
      });
    line.replaceChildren(
      h('span', { class: `dot dot-${tones[target.health]}` }),
      h('span', { class: 'facts-words' }, healthWords(target)),
    );
    if (target.health === 'down') line.append(h('div', { class: 'tools' }, fix, again));
  });
  return h('div', { class: 'control' }, box.element, line, rightsTools(context));
}

/** The way out where this person may not make workspaces there; empty where nothing stands in the way. */
function rightsTools({ model, asker }: ControlContext): HTMLElement {
  const onTarget = (ask: (target: TargetId) => Promise<unknown>) => () => {
    if (model.targetId) ask(model.targetId).catch(asker.report);
  };
  const copyRole = button(
    'secondary',
    l10n.t('Copy Role and RoleBinding'),
    onTarget(target => asker.ask('copyRole', { target }).then(() => announce(l10n.t('Copied')))),
  );
  const tools = h(
    'div',
    { class: 'tools rights' },
    copyRole,
    button(
      'secondary',
      l10n.t('Try again'),
      onTarget(target => asker.ask('refreshTarget', { target })),
    ),
  );
  model.watch(() => {
    const { health, missingRights = [], policy } = model.target ?? {};
    copyRole.hidden = missingRights.length === 0;
    tools.hidden = health === 'down' || (missingRights.length === 0 && policy?.refusal === undefined);
  });
  return tools;
}

function healthWords({ kind, health, problem, version, room }: TargetInfo): string {
  if (health === 'down') return problem?.message ?? l10n.t('Does not answer');
  if (health === 'unknown') return l10n.t('Not asked yet');
  const { cpus, memoryBytes, freeMemoryBytes, freeDiskBytes } = room;
  const memory =
    memoryBytes === undefined
      ? undefined
      : freeMemoryBytes === undefined
        ? binarySize(memoryBytes)
        : l10n.t('{0} of {1} free', binarySize(freeMemoryBytes), binarySize(memoryBytes));
  return [
    version,
    kind === 'kubernetes' && cpus === undefined && memoryBytes === undefined
      ? l10n.t('its size may not be read')
      : undefined,
    cpus === undefined ? undefined : l10n.t('{0} CPUs', String(cpus)),
    memory,
    freeDiskBytes === undefined ? undefined : l10n.t('{0} disk free', binarySize(freeDiskBytes)),
  ]
    .filter(Boolean)
    .join(' · ');
}
