/** Runs in a staged page before anything else: the editor's API, the theme, and an ear for what the policy refuses. */
globalThis.pretendEditor = theme => {
  globalThis.acquireVsCodeApi = () => ({
    postMessage: message => globalThis.postToHost(JSON.stringify(message)),
    getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
    setState: state => sessionStorage.setItem('state', JSON.stringify(state)),
  });
  document.addEventListener('securitypolicyviolation', event => {
    globalThis.complain(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
  });
  document.addEventListener('readystatechange', () => {
    if (document.readyState !== 'interactive') return;
    for (const [name, value] of Object.entries(theme.variables))
      document.documentElement.style.setProperty(`--vscode-${name}`, value);
    document.body.className = theme.bodyClass;
  });
};
