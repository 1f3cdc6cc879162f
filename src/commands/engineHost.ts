/** What engines are given when they are opened: boot's text, read once, and the log. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import type { EngineHost } from '../engine/host.ts';
import { configuration } from '../vscode/configuration.ts';
import type { Log } from '../vscode/log.ts';

let bootScript: Promise<string> | undefined;

export async function engineHost(context: vscode.ExtensionContext, log: Log): Promise<EngineHost> {
  bootScript ??= readFile(join(context.extensionPath, 'dist', 'boot.sh'), 'utf8');
  return {
    bootScript: await bootScript,
    connect: () => configuration.kubernetesConnect(),
    log: (level, message) => log.write(level, message),
  };
}
