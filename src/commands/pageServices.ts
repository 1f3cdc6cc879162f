/** The parts as the pages see them. */
import * as vscode from 'vscode';
import type { PageServices } from '../panels/services.ts';
import { configuration } from '../vscode/configuration.ts';
import { openPort } from './apps.ts';
import { chooseWorkspace } from './choose.ts';
import { announceCreation } from './create.ts';
import { gitIdentity } from './identity.ts';
import { imagesView } from './imageChoice.ts';
import type { Parts } from './parts.ts';
import { saveAsTemplate } from './templates/save.ts';
import { settleTrust } from './trustQuestion.ts';

export function pageServices(parts: Parts): PageServices {
  const { context, fleet, activities, operations, updates, personal, log } = parts;
  return {
    extensionUri: context.extensionUri,
    fleet,
    activities,
    updates,
    images: imagesView(parts),
    configuration,
    personal,
    policy: {
      known: target => parts.policyDesk.policies.known(target),
      look: target => parts.policyDesk.look(target),
      onDidChange: listener => parts.policyDesk.policies.onDidChange(listener),
    },
    gitIdentity,
    identity: () => parts.me.ask(),
    log: (level, message, error) => log.write(level, message, error),
    operations: {
      create: (form, options) => {
        const activity = operations.create(form, options);
        announceCreation(parts, activity, form, options);
        return activity;
      },
      settleTrust: (settings, target) =>
        settleTrust(settings, personal, {
          forbidden: parts.policyDesk.policies.known(target).bounds.trust,
        }),
      nameProblem: workspace => operations.nameProblem(workspace),
      preview: form => operations.preview(form),
      edit: (workspace, settings, options) => operations.edit(workspace, settings, options),
      run: async (action, workspace) => {
        await vscode.commands.executeCommand(`berth.${action}`, workspace);
      },
      saveAsTemplate: async (target, settings) => {
        await saveAsTemplate(parts, target, settings);
      },
      openPort: async (workspace, port) => {
        const found = await chooseWorkspace(parts, [workspace], '');
        if (found) await openPort(parts, found, port);
      },
      runAction: async (command, args) => {
        await vscode.commands.executeCommand(command, ...args);
      },
    },
  };
}
