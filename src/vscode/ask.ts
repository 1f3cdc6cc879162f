/** Questions to the person: modal ones before something is lost, and lists to pick from. */
import * as vscode from 'vscode';
import { plainText } from './plainText.ts';

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
  const options = {
    title,
    matchOnDescription: true,
    matchOnDetail: true,
    ...(placeHolder !== undefined && { placeHolder }),
  };
  const chosen = await vscode.window.showQuickPick(choices, options, token);
  return chosen?.value;
}
