/** A stand-in for the extensions that open folders over ssh. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packFolder } from '../support/vsix.ts';

/** An extension that declares what Remote - SSH and its like declare, so that the editor has one that opens ssh folders. */
export async function packRemoteExtension(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const setting = (type: string, value: unknown) => ({ type, default: value, scope: 'application' });
  const manifest = {
    name: 'ssh-folders',
    publisher: 'berth-tests',
    version: '1.0.0',
    engines: { vscode: '^1.105.0' },
    main: './main.js',
    activationEvents: ['onResolveRemoteAuthority:ssh-remote'],
    contributes: {
      configuration: {
        properties: {
          'remote.SSH.remotePlatform': setting('object', {}),
          'remote.SSH.connectTimeout': setting('number', 15),
          'remote.SSH.configFile': setting('string', ''),
        },
      },
    },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'main.js'), 'exports.activate = () => {};\n');
  return await packFolder(folder, 'remote');
}
