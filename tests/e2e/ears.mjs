// A page as a screen reader gives it: what has the focus, and what is read aloud.

/** Before any script of the page: writes down what live regions say, from the moment at which they are there. */
export function listen() {
  const heard = window.heard = [];
  const regions = '[aria-live=polite], [aria-live=assertive], [role=status], [role=log]';
  new MutationObserver(changes => {
    const added = new Set(changes.flatMap(one => [...one.addedNodes]));
    const is_new = one => {
      for (let at = one; at; at = at.parentNode) if (added.has(at)) return true;
      return false;
    };
    for (const change of changes) {
      const at = change.target.nodeType === Node.TEXT_NODE ? change.target.parentElement : change.target;
      const region = at instanceof Element ? at.closest(regions) : null;
      // What comes with its region is not read; an alert is.
      if (region && !is_new(region)) {
        const parts = change.type === 'childList' ? [...change.addedNodes] : [change.target];
        for (const one of parts) if (one.textContent.trim()) heard.push(one.textContent.trim());
      }
      for (const one of [...change.addedNodes].filter(each => each instanceof Element)) {
        const alert = one.matches('[role=alert]') ? one : one.querySelector('[role=alert]');
        if (alert) heard.push(alert.textContent.trim());
      }
    }
  }).observe(document, {subtree: true, childList: true, characterData: true});
}

export class Ears {
  #session;

  /** @param peer in Chromium, whose accessibility tree can be read; `listen` runs in its page. */
  static async of(peer) {
    const ears = new Ears();
    ears.peer = peer;
    ears.#session = await peer.page.context().newCDPSession(peer.page);
    return ears;
  }

  /** What has the focus, as the browser tells it to a screen reader: "button People (2), expanded". */
  async focus() {
    const {result} = await this.#session.send('Runtime.evaluate', {expression: 'document.activeElement'});
    const {objectId} = result;
    const asked = {objectId, fetchRelatives: false};
    const {nodes: [node]} = await this.#session.send('Accessibility.getPartialAXTree', asked);
    await this.#session.send('Runtime.releaseObject', {objectId});
    const value = name => node.properties?.find(one => one.name === name)?.value.value;
    const states = ['expanded', 'pressed', 'checked', 'disabled'].map(name =>
      [undefined, false, 'false'].includes(value(name)) ? '' : `, ${name}`);
    return `${node.role?.value} ${node.name?.value ?? ''}${states.join('')}`;
  }

  async focus_is(wanted) {
    let found;
    for (const end = Date.now() + 30_000; Date.now() < end;) {
      found = await this.focus();
      if (found.startsWith(wanted)) return found;
      await new Promise(done => setTimeout(done, 50));
    }
    throw new Error(`${this.peer.name}'s focus is on "${found}", not on "${wanted}"`);
  }

  /** Presses `key` until that has the focus; only once around. */
  async find(wanted, key = 'Tab') {
    const passed = [];
    for (let i = 0; i < 60; ++i) {
      const found = await this.focus();
      if (found.startsWith(wanted)) return;
      passed.push(found);
      await this.peer.key(key);
    }
    const stops = [...new Set(passed)].join(' | ');
    throw new Error(`${this.peer.name} does not come to "${wanted}" by ${key}, but to ${stops}`);
  }

  /** Is told so, after what was heard last. */
  async hears(words) {
    await this.peer.until_page(`word "${words}" in its ears`, text => {
      const at = window.heard.findIndex(one => one.includes(text));
      if (at < 0) return false;
      window.heard.splice(0, at + 1);
      return true;
    }, words).catch(async error => {
      const heard = await this.peer.page.evaluate(() => window.heard);
      throw new Error(`${this.peer.name} does not hear "${words}", but ${JSON.stringify(heard)}: ${error.message}`);
    });
  }
}
