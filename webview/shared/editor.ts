/** The one object that VS Code gives a page: post a message, keep a state over hiding and reload. */

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** It may be acquired once only. */
export const editor: VsCodeApi = acquireVsCodeApi();
