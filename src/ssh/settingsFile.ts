/** What the proxy must know of an editor's settings: `settings.json` in Berth's folder, written by the editor. */
import * as z from 'zod';
import { connectWays } from '../engine/host.ts';
import { startOnConnect } from './mayStart.ts';

export const ProxySettings = z.object({
  startOnConnect: z.enum(startOnConnect).catch('auto'),
  /** Seconds that a connection waits for the workspace; ssh itself waits a little longer (ConnectTimeout). */
  startTimeoutSeconds: z.number().min(1).max(590).catch(590),
  kubernetesConnect: z.enum(connectWays).catch('forward'),
});
export type ProxySettings = z.infer<typeof ProxySettings>;

/** The defaults where the file is missing, or says something else than it should. */
export function parseProxySettings(text: string | undefined): ProxySettings {
  let json: unknown;
  try {
    json = JSON.parse(text ?? '{}');
  } catch {
    json = {};
  }
  return ProxySettings.safeParse(json).data ?? ProxySettings.parse({});
}
