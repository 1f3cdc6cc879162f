/** What engines are given when they are opened: boot's text, read once, the way to registries, and the log. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import type { EngineHost } from '../engine/host.ts';
import type { RegistryAccess } from '../image/registryAccess.ts';
import { configuration } from '../vscode/configuration.ts';
import type { Log } from '../vscode/log.ts';

let bootScript: Promise<string> | undefined;

export async function engineHost(
  context: vscode.ExtensionContext,
  log: Log,
  registries: RegistryAccess,
): Promise<EngineHost> {
  bootScript ??= readFile(join(context.extensionPath, 'dist', 'boot.sh'), 'utf8');
  return {
    bootScript: await bootScript,
    connect: () => configuration.kubernetesConnect(),
    registries,
    log: (level, message) => log.write(level, message),
  };
}
