// The traces as lists of edits, and what yjs makes of them: updates, one for each transaction, and final states.
import {readFileSync} from 'node:fs';
import {gunzipSync} from 'node:zlib';
import * as Y from 'yjs';

export const names =
  ['automerge-paper', 'sveltecomponent', 'rustcode', 'seph-blog1', 'friendsforever_flat', 'friendsforever'];

/** `{agents, end, transactions: [{agent, patches, parents?}]}`. */
export function read_trace(name) {
  const whole = JSON.parse(gunzipSync(readFileSync(new URL(`traces/${name}.json.gz`, import.meta.url))));
  if (whole.kind !== 'concurrent') whole.txns.forEach(each => { each.agent = 0; });
  return {agents: whole.numAgents ?? 1, end: whole.endContent, transactions: whole.txns};
}

/** What each transaction knew before it: how many of each agent's. */
function versions(trace) {
  const after = [];
  return trace.transactions.map((each, at) => {
    const known = new Array(trace.agents).fill(0);
    const parents = each.parents ?? (at ? [at - 1] : []);
    for (const parent of parents) after[parent].forEach((count, agent) => {
      known[agent] = Math.max(known[agent], count);
    });
    after[at] = known.slice();
    after[at][each.agent] += 1;
    return known;
  });
}

/** Types the trace, each agent in a document of its own, and returns `{updates: [{agent, bytes}], state, text}`. */
export function type_with_yjs(trace) {
  const known = versions(trace);
  const of_agent = Array.from({length: trace.agents}, () => []);
  const documents = of_agent.map((_, agent) => {
    const document = new Y.Doc();
    document.clientID = agent + 1;
    document.on('update', (bytes, origin) => { if (origin !== 'other') document.last = bytes; });
    return {document, text: document.getText('t'), has: new Array(trace.agents).fill(0)};
  });
  const updates = [];
  trace.transactions.forEach(({agent, patches}, at) => {
    const {document, text, has} = documents[agent];
    known[at].forEach((count, other) => {
      if (other === agent) return;
      for (; has[other] < count; has[other] += 1) Y.applyUpdate(document, of_agent[other][has[other]], 'other');
    });
    document.last = null;
    document.transact(() => {
      for (const [position, deleted, inserted] of patches) {
        if (deleted) text.delete(position, deleted);
        if (inserted) text.insert(position, inserted);
      }
    });
    const bytes = document.last ?? new Uint8Array([0, 0]);
    of_agent[agent].push(bytes);
    updates.push({agent, bytes});
  });
  const {document, text} = documents[0];
  for (const {agent, bytes} of updates) if (agent !== 0) Y.applyUpdate(document, bytes);
  if (text.toString() !== trace.end) throw new Error('yjs does not end with the text of the trace');
  return {updates, state: Y.encodeStateAsUpdate(document), text: trace.end};
}
