/** What a build said so far, told on as progress, and what is to be said of it when it fails. */
import * as l10n from '@vscode/l10n';
import { BerthError, type ErrorCode } from '../../workspace/error.ts';
import type { Report } from '../engine.ts';
import { buildLine, withoutColours } from './buildLine.ts';

/** Lines that are repeated of the step that failed. */
const lastLines = 5;
const longest = 300;

type Step = { readonly instruction: string; readonly at: number; readonly of: number; last: string[] };

export class BuildTranscript {
  readonly #report: Report;
  readonly #steps = new Map<string | undefined, Step>();
  #latest: Step | undefined;
  #failed: Step | undefined;
  #error = '';
  #lastLine = '';

  constructor(report: Report) {
    this.#report = report;
  }

  /** One line of output, without its end. */
  add(raw: string): void {
    const text = withoutColours(raw).trimEnd();
    const line = buildLine(text);
    switch (line.kind) {
      case 'step': {
        const { at, of, instruction } = line;
        // BuildKit names a step again when it goes on with it.
        if (line.id === undefined || this.#steps.get(line.id)?.instruction !== instruction) {
          this.#steps.set(line.id, { at, of, instruction, last: [] });
          const message = l10n.t('Step {0} of {1}: {2}', at, of, shortened(instruction));
          this.#report({ kind: 'step', step: 'build', message });
        }
        this.#latest = this.#steps.get(line.id);
        break;
      }
      case 'error':
        this.#error ||= line.text;
        if (line.id !== undefined) this.#failed ??= this.#steps.get(line.id);
        break;
      case 'output': {
        this.#lastLine = line.text.trim() || this.#lastLine;
        const step = this.#steps.get(line.id);
        if (step && line.text.trim() !== '' && !/^(?:--->|Removing intermediate)/.test(line.text.trim()))
          step.last = [...step.last, line.text.trim()].slice(-lastLines);
        break;
      }
      case 'noise':
        return;
    }
    this.#report({ kind: 'output', text: `${text}\n` });
  }

  /** Why it failed: `words` is what the builder gave as its reason, where it gave one beside its output. */
  failure(reference: string, words = ''): BerthError {
    const step = this.#failed ?? this.#latest;
    const reason = words || this.#error || this.#lastLine || l10n.t('the builder gave no reason.');
    const { code, why } = meaningOf(reason);
    const action = { label: l10n.t('Show Build Log'), command: 'berth.showBuildLog' };
    const cause = new Error(reason.slice(0, 4096));
    if (step === undefined) {
      return new BerthError(l10n.t('Cannot build {0}: {1}', reference, why), { code, cause, action });
    }
    const { at, of, instruction, last } = step;
    const failed = l10n.t(
      'Cannot build {0}: step {1} of {2} failed, “{3}”: {4}',
      reference,
      at,
      of,
      shortened(instruction),
      why,
    );
    const said = last.filter(line => line !== reason).map(line => shortened(line));
    const message =
      said.length === 0 ? failed : `${failed}\n${l10n.t('The last it said:')}\n${said.join('\n')}`;
    return new BerthError(message, { code, cause, action });
  }
}

function meaningOf(reason: string): { code: ErrorCode; why: string } {
  const [, exitCode] = /(?:returned a non-zero code|exit code|exit status):? (\d+)/.exec(reason) ?? [];
  if (/no space left on device|disk quota exceeded/i.test(reason)) {
    return { code: 'no-space', why: l10n.t('the disk of the target is full.') };
  }
  if (exitCode !== undefined) {
    return { code: 'failed', why: l10n.t('it ended with exit code {0}.', exitCode) };
  }
  if (
    /pull access denied|unauthorized|authentication required|requested access to the resource is denied/i.test(
      reason,
    )
  ) {
    return {
      code: 'pull-refused',
      why: l10n.t('a base image is not there, or its registry wants a login: {0}', shortened(reason)),
    };
  }
  return { code: 'failed', why: shortened(reason.replace(/^failed to solve(?: with frontend \S+)?: /, '')) };
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
