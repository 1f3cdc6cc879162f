/** Berth's tools for chats: what an assistant may see and do, after the person has said yes to what changes something. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { readableLog } from '../../boot/readableLog.ts';
import { type FormKey, formFields } from '../../workspace/draft.ts';
import { BerthError } from '../../workspace/error.ts';
import type { EngineKind } from '../../workspace/field.ts';
import { redacted, secretValues } from '../../workspace/redact.ts';
import { valueWords } from '../../workspace/review.ts';
import { type Workspace, workspaceAlias } from '../../workspace/workspace.ts';
import { announceCreation } from '../create.ts';
import { atRisk } from '../following.ts';
import { stopQuestion } from '../loss.ts';
import type { Parts } from '../parts.ts';
import { briefOf, listOf, wholeOf } from './facts.ts';
import {
  ListInput,
  LogInput,
  type NewWorkspace,
  parseInput,
  parseNewWorkspace,
  WorkspaceInput,
} from './inputs.ts';
import { nameOn, targetFor, valuesOf } from './newForm.ts';
import { abortedBy, create, meantBy, refreshAll, start, stop } from './operate.ts';
import { tailOf } from './tail.ts';

const logMs = 30_000;
const defaultLogLines = 100;
/** Said in the title and the first line of the question. */
const placing: ReadonlySet<FormKey> = new Set(['target', 'name', 'image']);

interface Tool {
  /** What the person reads while it works, and what they are asked before. */
  prepare(input: unknown, token: vscode.CancellationToken): Promise<vscode.PreparedToolInvocation>;
  /** What the assistant is told: JSON, short and without a secret. */
  invoke(input: unknown, token: vscode.CancellationToken): Promise<unknown>;
}

export class Tools {
  readonly #tools: Readonly<Record<string, Tool>>;

  constructor(parts: Parts) {
    this.#tools = {
      berth_listWorkspaces: listTool(parts),
      berth_inspectWorkspace: inspectTool(parts),
      berth_createWorkspace: createTool(parts),
      berth_startWorkspace: startTool(parts),
      berth_stopWorkspace: stopTool(parts),
      berth_readLog: logTool(parts),
    };
  }

  async prepare(name: string, input: unknown, token: vscode.CancellationToken) {
    return await this.#tool(name).prepare(input, token);
  }

  async invoke(name: string, input: unknown, token: vscode.CancellationToken) {
    const result = await this.#tool(name).invoke(input, token);
    return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(JSON.stringify(result))]);
  }

  #tool(name: string): Tool {
    const tool = this.#tools[name];
    if (!tool) throw new BerthError(l10n.t('There is no tool “{0}”', name), { code: 'unsupported' });
    return tool;
  }
}

function listTool(parts: Parts): Tool {
  return {
    prepare: async () => ({ invocationMessage: l10n.t('Listing workspaces') }),
    invoke: async (input, token) => {
      const { target } = parseInput(ListInput, input);
      await refreshAll(parts, token);
      return listOf(
        parts.fleet.targets().filter(({ target: { id } }) => target === undefined || id === target),
      );
    },
  };
}

function inspectTool(parts: Parts): Tool {
  return {
    prepare: async input => {
      const { workspace } = parseInput(WorkspaceInput, input);
      return { invocationMessage: plain(l10n.t('Looking at {0}', workspace)) };
    },
    invoke: async (input, token) => {
      const workspace = await meantBy(parts, parseInput(WorkspaceInput, input).workspace, token);
      const target = parts.fleet.target(workspace.target);
      return target ? wholeOf(workspace, target, Date.now()) : briefOf(workspace);
    },
  };
}

function createTool(parts: Parts): Tool {
  return {
    prepare: async input => {
      const asked = parseNewWorkspace(input);
      const target = await targetFor(parts, asked);
      nameOn(target, asked);
      const name = asked.name ?? l10n.t('a new workspace');
      return {
        invocationMessage: plain(l10n.t('Creating {0}', name)),
        confirmationMessages: {
          title: l10n.t('Create {0} on {1}?', name, target.target.title),
          message: choicesOf(asked, target.target.kind),
        },
      };
    },
    invoke: async (input, token) => {
      const created = await create(parts, parseNewWorkspace(input), token, (activity, form, isStarted) =>
        announceCreation(parts, activity, form, { start: isStarted }),
      );
      return briefOf(created);
    },
  };
}

function startTool(parts: Parts): Tool {
  return {
    prepare: async (input, token) => {
      const workspace = await meantBy(parts, parseInput(WorkspaceInput, input).workspace, token);
      const { madeBy } = await atRisk(parts, workspace);
      return {
        invocationMessage: plain(l10n.t('Starting {0}', workspace.name)),
        confirmationMessages: {
          title: l10n.t('Start {0}?', workspace.name),
          message: plain(
            madeBy === undefined
              ? l10n.t('{0}, from {1}', workspaceAlias(workspace), workspace.image)
              : l10n.t('{0}, from {1}. {2} made it.', workspaceAlias(workspace), workspace.image, madeBy),
          ),
        },
      };
    },
    invoke: async (input, token) => {
      const workspace = await meantBy(parts, parseInput(WorkspaceInput, input).workspace, token);
      return briefOf(await start(parts, workspace, token));
    },
  };
}

function stopTool(parts: Parts): Tool {
  return {
    prepare: async (input, token) => {
      const workspace = await meantBy(parts, parseInput(WorkspaceInput, input).workspace, token);
      const { message, detail } = await stopWords(parts, workspace);
      return {
        invocationMessage: plain(l10n.t('Stopping {0}', workspace.name)),
        confirmationMessages: { title: message, message: plain(detail) },
      };
    },
    invoke: async (input, token) => {
      const workspace = await meantBy(parts, parseInput(WorkspaceInput, input).workspace, token);
      return briefOf(await stop(parts, workspace, token));
    },
  };
}

function logTool(parts: Parts): Tool {
  return {
    prepare: async input => {
      const { workspace } = parseInput(LogInput, input);
      return { invocationMessage: plain(l10n.t('Reading the log of {0}', workspace)) };
    },
    invoke: async (input, token) => {
      const { workspace: text, lines = defaultLogLines } = parseInput(LogInput, input);
      const workspace = await meantBy(parts, text, token);
      using cancel = abortedBy(token);
      const signal = AbortSignal.any([cancel.signal, AbortSignal.timeout(logMs)]);
      const engine = await parts.fleet.engine(workspace.target);
      // Without the record nobody knows what has to be struck out: then there is no log.
      const secrets = secretValues((await engine.record(workspace.name, signal)).settings);
      const log = readableLog(engine.log(workspace.name, { follow: false, tail: lines }, signal));
      return {
        alias: workspaceAlias(workspace),
        state: workspace.state.kind,
        log: await tailOf(log, {
          lines,
          clean: text => redacted(text, secrets),
          longest: secrets[0]?.length ?? 0,
        }),
      };
    },
  };
}

/** What a stop takes away, and whose it is where it is another's. */
export async function stopWords(parts: Parts, workspace: Workspace) {
  const risk = await atRisk(parts, workspace);
  return { ...stopQuestion([risk], false), isAnothers: risk.madeBy !== undefined };
}

/** Everything that was chosen, commands and scripts as they would run. */
function choicesOf(asked: NewWorkspace, engine: EngineKind): vscode.MarkdownString {
  const words = new vscode.MarkdownString();
  const values = valuesOf(asked, engine);
  words.appendText(
    values.image === undefined
      ? l10n.t('From your default image. What is not listed is decided as in Quick Create.')
      : l10n.t('From {0}. What is not listed is decided as in Quick Create.', values.image),
  );
  for (const [key, meta] of formFields) {
    if (!(key in asked) || placing.has(key)) continue;
    const value = valueWords(key, values);
    if (value === '') continue;
    const scripts = scriptsOf(key, values);
    words.appendText(`\n\n${l10n.t(meta.title)}:${scripts.length > 0 ? '' : ` ${value}`}`);
    // Where the editor shows it as plain text, what comes next has to begin on a line of its own.
    for (const script of scripts) words.appendCodeblock(`${script}\n`, 'sh');
  }
  return words;
}

/** What runs in the workspace is shown whole, not summed up. */
function scriptsOf(key: FormKey, { initScript, apps }: ReturnType<typeof valuesOf>): readonly string[] {
  if (key === 'initScript') return initScript ? [initScript] : [];
  return key === 'apps' ? (apps ?? []).map(({ command }) => command) : [];
}

/** Names and what others wrote are no Markdown. */
function plain(text: string): vscode.MarkdownString {
  return new vscode.MarkdownString().appendText(text);
}
