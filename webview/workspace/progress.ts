/** What an activity told so far, as the page shows it: steps, layers, boot's stages, and everything as log text. */
import type { ProgressItem } from '../../src/panels/messages.ts';
import { stageLine } from '../../src/workspace/stageWords.ts';

export type StageState = 'running' | 'done' | 'failed' | 'skipped';

export interface Layer {
  readonly status: string;
  readonly current: number | undefined;
  readonly total: number | undefined;
}

export interface ActivityProgress {
  /** The steps in the order in which they began; the last one is going on. */
  readonly steps: readonly { readonly step: string; readonly message: string }[];
  readonly layers: ReadonlyMap<string, Layer>;
  readonly stages: ReadonlyMap<string, { readonly state: StageState; readonly message: string }>;
  /** Bytes of the home's data, while they come. */
  readonly home?: { readonly current: number; readonly total: number | undefined };
}

export const noProgress: ActivityProgress = { steps: [], layers: new Map(), stages: new Map() };

const finished = /^(?:Pull complete|Already exists|Download complete|Exists)/i;

/** True once the layer needs nothing more. */
export function isFinished({ status }: Layer): boolean {
  return /^(?:Pull complete|Already exists|Exists)/i.test(status);
}

/** The progress after one more report. */
export function advance(before: ActivityProgress, item: ProgressItem): ActivityProgress {
  switch (item.kind) {
    case 'step': {
      const { home: _, ...rest } = before;
      return { ...rest, steps: [...before.steps, { step: item.step, message: item.message }] };
    }
    case 'layer': {
      const layers = new Map(before.layers);
      layers.set(item.id, { status: item.status, current: item.current, total: item.total });
      return { ...before, layers };
    }
    case 'boot': {
      const { stage, event, message } = item.event;
      const stages = new Map(before.stages);
      const known = stages.get(stage);
      if (event === 'note') stages.set(stage, { state: known?.state ?? 'running', message });
      else stages.set(stage, { state: stageState(event), message });
      return { ...before, stages };
    }
    case 'home':
      return { ...before, home: { current: item.current, total: item.total } };
    case 'output':
      return before;
  }
}

function stageState(event: string): StageState {
  switch (event) {
    case 'ok':
      return 'done';
    case 'fail':
      return 'failed';
    case 'skip':
      return 'skipped';
    default:
      return 'running';
  }
}

/** What the log says of a report; of a layer's bytes nothing. `before` is the progress before it. */
export function logTextOf(item: ProgressItem, before: ActivityProgress): string {
  switch (item.kind) {
    case 'step':
      return `── ${item.message}\n`;
    case 'layer': {
      const isNews = before.layers.get(item.id)?.status !== item.status && finished.test(item.status);
      return isNews ? `${item.id}: ${item.status}\n` : '';
    }
    case 'boot':
      return `${stageLine(item.event)}\n`;
    case 'home':
      return '';
    case 'output':
      return item.text.endsWith('\n') || item.text === '' ? item.text : `${item.text}\n`;
  }
}

/** How much of the pull is there, in bytes; undefined before any size is known. */
export function pullTotals(
  layers: ReadonlyMap<string, Layer>,
): { current: number; total: number } | undefined {
  let [current, total] = [0, 0];
  for (const layer of layers.values()) {
    if (layer.total === undefined) continue;
    total += layer.total;
    current += isFinished(layer) ? layer.total : Math.min(layer.current ?? 0, layer.total);
  }
  return total > 0 ? { current, total } : undefined;
}
