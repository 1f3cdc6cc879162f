/** Quick Create's list of images: searched while one types, with whatever was typed as the first row; templates before them. */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { FleetTarget } from '../engine/fleetMember.ts';
import type { Finding } from '../image/imageSource.ts';
import { ImageSearch } from '../panels/imageSearch.ts';
import { imageProblem } from '../policy/refusal.ts';
import { type FoundTemplate, isUsable } from '../template/found.ts';
import { placeWords } from '../views/templateItems.ts';
import { staysOpen } from '../vscode/ask.ts';
import type { Bounds } from '../workspace/policy/bounds.ts';
import { WorkspaceSettings } from '../workspace/settings.ts';
import { imageSources } from './imageChoice.ts';
import type { Parts } from './parts.ts';

interface Row extends vscode.QuickPickItem {
  readonly value?: string | FoundTemplate;
}

/** How long typing rests before a search begins. */
const restMs = 200;

/** What was picked or typed; undefined where it was left. */
export async function pickImage(
  parts: Parts,
  target: FleetTarget,
  bounds: Bounds,
): Promise<string | FoundTemplate | undefined> {
  const templates = (await parts.templates.list()).filter(isUsable);
  const box = vscode.window.createQuickPick<Row>();
  box.title = l10n.t('Quick Create: the Image');
  box.ignoreFocusOut = staysOpen;
  box.placeholder = l10n.t('Pick an image, or type any reference such as ubuntu:24.04');
  using search = new ImageSearch((message, error) => parts.log.write('debug', message, error));
  let found: readonly Finding[] = [];
  /** The text that they were found for. */
  let foundFor = '';
  let timer: NodeJS.Timeout | undefined;
  const show = () => {
    const typed = box.value.trim();
    const images = rowsOf(typed, found, foundFor === typed).map(row => marked(row, bounds));
    const rows = templateRows(templates);
    // What is typed is an image first.
    box.items = typed === '' ? [...rows, ...images] : [...images, ...rows];
  };
  /** What comes late takes nothing away from where one stands. */
  const showMore = () => {
    const active = box.activeItems[0]?.value;
    show();
    const same = active === undefined ? undefined : box.items.find(({ value }) => value === active);
    if (same) box.activeItems = [same];
  };
  const look = async () => {
    const sources = imageSources(parts, target.target.id, undefined);
    let isFirst = true;
    box.busy = true;
    const text = box.value.trim();
    await search.begin(sources, text, finding => {
      // What was found before stays in sight until there is something better.
      found = isFirst ? [finding] : [...found, finding];
      foundFor = text;
      isFirst = false;
      showMore();
    });
    if (text !== box.value.trim()) return;
    if (isFirst) found = [];
    box.busy = false;
    showMore();
  };
  const typed = () => {
    show();
    clearTimeout(timer);
    timer = setTimeout(() => void look(), restMs);
  };
  try {
    box.onDidChangeValue(typed);
    void look();
    return await new Promise<string | FoundTemplate | undefined>(resolve => {
      box.onDidAccept(() => resolve((box.selectedItems[0] ?? box.activeItems[0])?.value));
      box.onDidHide(() => resolve(undefined));
      box.show();
    });
  } finally {
    clearTimeout(timer);
    box.dispose();
  }
}

/** What no policy allows is said before it is chosen. */
function marked(row: Row, bounds: Bounds): Row {
  if (typeof row.value !== 'string' || imageProblem(row.value, bounds) === undefined) return row;
  return {
    ...row,
    description: [l10n.t('not allowed by policy'), row.description].filter(Boolean).join(' · '),
  };
}

function templateRows(templates: readonly FoundTemplate[]): Row[] {
  if (templates.length === 0) return [];
  return [
    { label: l10n.t('Templates'), kind: vscode.QuickPickItemKind.Separator },
    ...templates.map(found => ({
      label: found.name,
      description: placeWords(found.source),
      iconPath: new vscode.ThemeIcon('file-code'),
      value: found,
    })),
  ];
}

/** Each image once, under the title of its source; what was typed first, where it may be an image. `isFresh`: found for it. */
function rowsOf(typed: string, found: readonly Finding[], isFresh: boolean): Row[] {
  const seen = new Set<string>();
  const rows: Row[] = [];
  const isKnown = found.some(({ images }) => images.some(({ reference }) => reference === typed));
  if (typed !== '' && !isKnown && WorkspaceSettings.shape.image.safeParse(typed).success)
    rows.push({ label: typed, description: l10n.t('as typed'), value: typed, alwaysShow: true });
  const titles = new Map<string, Row[]>();
  for (const { source, images } of found) {
    const group = titles.get(source.title) ?? [];
    titles.set(source.title, group);
    for (const { reference, detail } of images) {
      if (seen.has(reference)) continue;
      seen.add(reference);
      group.push({
        label: reference,
        value: reference,
        // A search may have found it by more than its name; what is left of the one before has to fit by that.
        alwaysShow: isFresh,
        ...(detail !== undefined && { description: detail }),
      });
    }
  }
  for (const [title, group] of titles)
    if (group.length > 0) rows.push({ label: title, kind: vscode.QuickPickItemKind.Separator }, ...group);
  return rows;
}
