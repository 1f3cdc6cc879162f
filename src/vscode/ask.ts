/**
 * Questions to the person: modal ones before something is lost, lists to pick from, and what is to be typed. A step stays
 * while one looks elsewhere for its answer, and ends by Escape.
 */
import * as vscode from 'vscode';
import { plainText } from './plainText.ts';

/** Every step does: what was typed or picked before is not lost with the focus. */
export const staysOpen = true;

/** The button that was pressed, or undefined for Cancel. */
export async function askModally({
  message,
  detail,
  buttons,
}: {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
}): Promise<string | undefined> {
  return await vscode.window.showWarningMessage(
    plainText(message),
    { modal: true, detail: plainText(detail) },
    ...buttons,
  );
}

/** A row of a list, with what it stands for. */
export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/** What was picked, or undefined when it was left. */
export async function pick<T>(
  choices: readonly Choice<T>[] | Promise<readonly Choice<T>[]>,
  title: string,
  placeHolder?: string,
  token?: vscode.CancellationToken,
): Promise<T | undefined> {
  const chosen = await vscode.window.showQuickPick(choices, optionsOf(title, placeHolder), token);
  return chosen?.value;
}

/** All that were ticked, or undefined when it was left. */
export async function pickSeveral<T>(
  choices: readonly Choice<T>[],
  title: string,
  placeHolder?: string,
): Promise<readonly T[] | undefined> {
  const options = { ...optionsOf(title, placeHolder), canPickMany: true } as const;
  const chosen = await vscode.window.showQuickPick(choices, options);
  return chosen?.map(({ value }) => value);
}

/** What was typed, or undefined when it was left. */
export async function askText(
  options: Omit<vscode.InputBoxOptions, 'ignoreFocusOut'>,
): Promise<string | undefined> {
  return await vscode.window.showInputBox({ ...options, ignoreFocusOut: staysOpen });
}

function optionsOf(title: string, placeHolder: string | undefined) {
  return {
    ignoreFocusOut: staysOpen,
    title,
    matchOnDescription: true,
    matchOnDetail: true,
    ...(placeHolder !== undefined && { placeHolder }),
  };
}
