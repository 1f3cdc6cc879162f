/** Following what boot says until ssh is open. */
import * as l10n from '@vscode/l10n';
import { type BootEvent, bootStages, parseBootLine } from '../boot/bootLine.ts';
import { BerthError } from '../workspace/error.ts';
import type { WorkspaceName } from '../workspace/name.ts';
import type { Report } from './engine.ts';

/** Reports every line. Boot's failure of a stage up to 'ready' is returned; after it failures are only shown. */
export async function followBoot(
  lines: AsyncIterable<string>,
  report: Report,
): Promise<'ready' | 'ended' | BootEvent> {
  for await (const line of lines) {
    const event = parseBootLine(line);
    if (event === undefined) {
      report({ kind: 'output', text: `${line}\n` });
      continue;
    }
    report({ kind: 'boot', event });
    const isFatal = bootStages.indexOf(event.stage) <= bootStages.indexOf('ready');
    if (event.event === 'fail' && isFatal) return event;
    if (event.event === 'ok' && event.stage === 'ready') return 'ready';
  }
  return 'ended';
}

/** A fatal failure of boot as the reason why the workspace did not get ready. */
export function bootError(name: WorkspaceName, { stage, message }: BootEvent): BerthError {
  return new BerthError(l10n.t('“{0}” did not get ready: {1} (step {2})', name, message, stage), {
    code: 'boot-failed',
  });
}
