/** Chromium from the machine, driven by playwright-core. */
import { type Browser, chromium } from 'playwright-core';
import { findProgram } from './command.ts';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function startChromium(): Promise<Browser> {
  const executablePath = (await findProgram('chromium')) ?? (await findProgram('google-chrome'));
  if (executablePath === undefined) throw new Error('Chromium is missing on this machine (Debian: chromium)');
  return chromium.launch({ executablePath, args: flags, headless: true, timeout: 60_000 });
}
