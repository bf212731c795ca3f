// What becomes of a call when something on the way is lost, and comes back.
import {block, far_call, unblock} from '../far.mjs';
import {Peer} from '../peer.mjs';
import {tcp_proxy} from '../proxy.mjs';
import {require} from '../stage.mjs';

export const cases = [];

cases.push(['a page that is loaded again is the same person', async ({meet}) => {
  const {peers: [ana, bo]} = await meet();
  await bo.flows();
  await bo.press_button('Raise your hand');
  await ana.until('the hand', seen => seen.people.Bo?.says.includes('hand up'));
  await bo.page.reload();
  await bo.until('the call again', seen => seen.people.Ana?.picture && seen.people.Bo?.says.includes('hand up'));
  const seen = await ana.until('him back', one => one.people.Bo?.picture && !one.people.Bo.says.includes('lost'));
  require(Object.keys(seen.people).length === 2, `${Object.keys(seen.people)} are there`);
  await Promise.all([ana.flows(), bo.flows()]);
}]);

cases.push(['another tab asks, and takes the call over', async ({meet}) => {
  const {link, peers: [ana, bo]} = await meet();
  const page = await bo.tab();
  const second = new Peer(page, bo.tab, () => page.close(), 'Bo');
  await page.goto(link);
  await second.until_page('question', () => document.body.innerText.includes('in another tab'));
  await second.press_button('Move the call here');
  await second.until_page('call', () => document.querySelector('.tile[data-person=Ana]') !== null);
  await bo.until('that it goes on elsewhere', seen => seen.heading.startsWith('The call goes on'));
  await ana.until('one Bo', seen => Object.keys(seen.people).length === 2);
  await bo.press_button('Take back');
  await bo.until('the call again', seen => seen.people.Ana?.picture);
  await second.until_page('word that it goes on elsewhere', () => document.body.innerText.includes('The call goes on'));
  await ana.until('one Bo', seen => Object.keys(seen.people).length === 2 && seen.people.Bo.picture);
  await second.close();
}]);

cases.push(['the line to the server breaks alone: sound and pictures never stop', async stage => {
  const {come, server, guest, at_end} = stage;
  const line = await tcp_proxy(new URL(server.http).port);
  at_end(line.end);
  const link = stage.new_link();
  const bo = await come('chromium', 'Bo');
  await bo.enter(link);
  const ana = await come('chromium', 'Ana');
  await ana.enter(link.replace(server.http, `http://127.0.0.1:${line.port}`));
  await Promise.all([ana.flows(), bo.flows()]);
  const states = () => ana.page.evaluate(() => window.watched.connections.map(one => one.connectionState));
  const before = await states();
  line.refuse();
  await ana.until('that it is lost', seen => seen.text.includes('Reconnecting'));
  await Promise.all([ana.flows(), bo.flows()]);
  const seen = await bo.until('her picture', one => one.people.Ana?.picture);
  require(Object.keys(seen.people).length === 2, `${Object.keys(seen.people)} are there`);
  line.allow();
  await ana.until('the call as it was', one => !one.text.includes('Reconnecting'));
  require(String(await states()) === String(before), `transports were ${before}, are ${await states()}`);
  await guest(link, 'Cleo');
  await ana.until('who came later', one => one.people.Cleo);
}]);

const is_whole = (seen, words) => words.every(word => seen.messages.filter(one => one === word).length === 1) &&
  seen.messages.length === words.length;

cases.push(['the network falls for some seconds: the page says so, nothing is lost or doubled', async stage => {
  const {machine, ana, bo} = await far_call(stage);
  await ana.say('before');
  await bo.say('I read you');
  await ana.until('his answer', seen => is_whole(seen, ['before', 'I read you']));
  machine.pull_cable();
  await ana.page.type('.composer textarea', 'written in the dark');
  await ana.key('Enter');
  await ana.until('that it is on its way', seen => seen.text.includes('Sending'));
  await bo.say('are you there?');
  await ana.until('that she has no connection', seen => seen.text.includes('Reconnecting'));
  machine.plug_cable();
  await ana.until('the call again', seen => !seen.text.includes('Reconnecting') && !seen.text.includes('Sending'));
  const all = ['before', 'I read you', 'written in the dark', 'are you there?'];
  for (const peer of [ana, bo]) await peer.until('each message once', seen => is_whole(seen, all));
  await Promise.all([ana.flows(), bo.flows()]);
  const seen = await bo.until('her back', one => one.people.Ana?.picture && !one.people.Ana.says.includes('lost'));
  require(Object.keys(seen.people).length === 2, `${Object.keys(seen.people)} are there`);
  require(await ana.page.evaluate(() => window.is_the_same_page), 'the page was loaded again');
}]);

cases.push(['asleep for longer than a place is kept: in again by herself, with her role', async stage => {
  const {machine, ana, bo} = await far_call(stage);
  machine.pull_cable();
  for (const end = Date.now() + 150_000; (await bo.look()).people.Ana;) {
    require(Date.now() < end, 'her place is kept for ever');
    await new Promise(done => setTimeout(done, 1000));
  }
  machine.plug_cable();
  await ana.until('the call again', seen => !seen.text.includes('Reconnecting') && seen.people.Bo?.picture);
  await bo.until('her', seen => seen.people.Ana?.picture);
  await Promise.all([ana.flows(), bo.flows()]);
  await ana.press_button('People');
  await ana.until('that she moderates', seen => seen.text.includes('Mute everybody'));
  require(await ana.page.evaluate(() => window.is_the_same_page), 'the page was loaded again');
}, {long: true}]);

cases.push(['into another network with another address: the call goes on', async stage => {
  const {machine, ana, bo} = await far_call(stage);
  const used = () => ana.page.evaluate(async () => {
    const pairs = [];
    for (const one of window.watched.connections.filter(each => each.connectionState === 'connected')) {
      const stats = await one.getStats();
      for (const pair of stats.values()) {
        if (pair.type === 'candidate-pair' && pair.nominated && pair.state === 'succeeded') {
          pairs.push(stats.get(pair.localCandidateId)?.address);
        }
      }
    }
    return pairs;
  });
  const before = await used();
  const address = machine.move();
  const began = Date.now();
  await Promise.all([ana.flows(), bo.flows()]);
  await ana.until('the call as it was', seen => !seen.text.includes('Reconnecting') && seen.people.Bo?.picture);
  await ana.say('from elsewhere');
  await bo.press_button('Chat');
  const seen = await bo.until('her words', one => is_whole(one, ['from elsewhere']));
  require(Object.keys(seen.people).length === 2, `${Object.keys(seen.people)} are there`);
  require(await ana.page.evaluate(() => window.is_the_same_page), 'the page was loaded again');
  return `${before} became ${await used()} after ${address} came, ${Date.now() - began} ms`;
}]);

/** Before the scripts of the page: asks why as soon as a notice offers to tell. It goes by itself, and may come early. */
function ask_why() {
  new MutationObserver(() => {
    const one = [...document.querySelectorAll('.toast button')].find(each => each.textContent.trim() === 'Why?');
    if (!one || window.asked_about) return;
    window.asked_about = one.closest('.toast').textContent;
    one.click();
  }).observe(document, {subtree: true, childList: true});
}

cases.push(['without UDP: the call works, and the page says why it is slower', async stage => {
  const {ana, bo} = await far_call(stage, block, true, {init: ask_why});
  await ana.until_page('notice that it is slower', () => window.asked_about?.includes('This network blocks the fast way'));
  await ana.until('what was tried', seen => seen.text.includes('Direct, by TCP') && seen.text.includes('TCP, slower'));
  await stage.accessible(ana, 'the panel about the connection');
  await Promise.all([ana.flows(), bo.flows()]);
}]);

cases.push(['neither UDP nor TCP for media: the page says so, what is written arrives', async stage => {
  const {machine, ana, bo} = await far_call(stage, (...words) => block(...words, true), false);
  await ana.until('that nothing comes through', seen => seen.text.includes('Sound and pictures do not get through'));
  await stage.accessible(ana, 'the notice that nothing comes through');
  await ana.press_button('Why?');
  await ana.until('what was tried', seen => /Direct, by UDP\s+no answer/.test(seen.text));
  await ana.say('Can you read me?');
  await bo.press_button('Chat');
  await bo.until('her words', seen => is_whole(seen, ['Can you read me?']));
  unblock(machine);
  await ana.press_button('Try again');
  await Promise.all([ana.flows(), bo.flows()]);
  await ana.until('that all is well', seen => !seen.text.includes('do not get through'));
}]);

cases.push(['a server that is restarted says so, and everybody is back', async ({meet, server}) => {
  const {peers: [ana, bo]} = await meet(['chromium', 'firefox']);
  await ana.say('before');
  await Promise.all([ana.flows(), bo.flows()]);
  await server.quit();
  for (const peer of [ana, bo]) {
    await peer.until('why', seen => seen.text.includes('The server is being restarted. You come back by yourself'));
  }
  await server.again();
  await Promise.all([ana, bo].map(peer => peer.until('the call again', seen =>
    !seen.text.includes('being restarted') && !seen.text.includes('Reconnecting') &&
    Object.values(seen.people).every(one => one.picture) && Object.keys(seen.people).length === 2)));
  await Promise.all([ana.flows(), bo.flows()]);
  await bo.press_button('Chat');
  await bo.until('what was written before', seen => is_whole(seen, ['before']));
}]);
