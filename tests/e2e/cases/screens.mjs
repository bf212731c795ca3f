// What one does in a call beside talking.
import {require} from '../stage.mjs';
import {Peer} from '../peer.mjs';

export const cases = [];

const menu = async (peer, words, entry) => {
  await peer.press_button(words);
  await peer.press_button(entry);
};
/** Who stands large, and how many are in the strip. */
const stage_of = peer => peer.page.evaluate(() => ({
  large: [...document.querySelectorAll('.large .tile')].map(one => one.dataset.person),
  strip: [...document.querySelectorAll('.strip .tile')].map(one => one.dataset.person),
  grid: [...document.querySelectorAll('.grid .tile')].map(one => one.dataset.person),
}));
const stage_is = async (peer, what, good) => {
  let found;
  for (const end = Date.now() + 30_000; Date.now() < end; await new Promise(done => setTimeout(done, 50))) {
    if (good(found = await stage_of(peer))) return;
  }
  throw new Error(`${what}: ${JSON.stringify(found)}`);
};

cases.push(['layouts: pin, speaker, hide oneself, full screen, move', async ({meet, guest}) => {
  const {link, peers: [ana, bo]} = await meet(['chromium', 'chromium']);
  await guest(link, 'Cleo');
  await stage_is(ana, 'all at the same size', ({grid}) => grid.length === 3);
  await menu(ana, 'Actions for Cleo', 'Pin');
  await stage_is(ana, 'Cleo is large', ({large, strip}) => String(large) === 'Cleo' && strip.length === 2);
  await menu(ana, 'Actions for Bo', 'Pin');
  await stage_is(ana, 'two are large', ({large}) => large.length === 2);
  await menu(ana, 'Actions for Cleo', 'Unpin');
  await menu(ana, 'Actions for Bo', 'Unpin');
  await stage_is(ana, 'nobody is pinned', ({grid}) => grid.length === 3);
  await ana.key('g');
  // Bo makes sounds, Cleo has no microphone.
  await stage_is(ana, 'who speaks is large', ({large}) => String(large) === 'Bo');
  await ana.key('g');
  await stage_is(ana, 'all at the same size again', ({grid}) => grid.length === 3);
  // Nothing else moves, or the tiles would be drawn anew for that.
  await bo.press_button('Turn the microphone off');
  await ana.until('that Bo is silent', seen => seen.people.Bo.says.includes('microphone off'));
  await menu(ana, 'Actions for Cleo', 'Move to the start');
  await stage_is(ana, 'Cleo comes first', ({grid}) => grid[0] === 'Cleo');
  await menu(ana, 'More', 'Hide my own picture');
  await stage_is(ana, 'she does not see herself', ({grid}) => String(grid.toSorted()) === 'Bo,Cleo');
  await ana.key('f');
  await ana.until_page('full screen', () => document.fullscreenElement !== null);
  await ana.key('f');
  await ana.until_page('a window', () => document.fullscreenElement === null);
  await ana.page.reload();
  await ana.until('the call again', seen => seen.people.Bo && !seen.people.Ana);  // it is remembered
}, {long: true}]);

cases.push(['a small window of its own, with what one needs at hand', async ({meet}) => {
  const {peers: [ana, bo]} = await meet();
  await ana.until('Bo', seen => seen.people.Bo?.picture);
  const click = words => ana.page.evaluate(text => {
    const {document: page} = window.documentPictureInPicture.window;
    const one = [...page.querySelectorAll('button')].find(each => (each.getAttribute('aria-label') ?? '').startsWith(text));
    one?.click();
    return one !== undefined;
  }, words);
  await ana.click('.bar [aria-label=More]');
  await ana.page.getByRole('menuitemcheckbox', {name: 'Small window'}).click();  // only a real click may open one
  await ana.until_page('small window with both in it', () =>
    window.documentPictureInPicture.window?.document.querySelectorAll('.tile').length === 2);
  await ana.until_page('moving picture in it', () =>
    window.documentPictureInPicture.window.document.querySelector('.tile[data-person=Bo] video').videoWidth > 0);
  require(await click('Turn the microphone off'), 'there is no microphone in it');
  await bo.until('that she is silent', seen => seen.people.Ana.says.includes('microphone off'));
  await ana.page.evaluate(() => window.documentPictureInPicture.window.close());
  await ana.until_page('no small window', () => window.documentPictureInPicture.window === null);
  await ana.flows();
  await ana.click('.bar [aria-label=More]');
  await ana.page.getByRole('menuitemcheckbox', {name: 'Small window'}).click();
  await ana.until_page('small window again', () => window.documentPictureInPicture.window?.document.querySelector('.tile'));
  require(await click('Leave'), 'one cannot leave from it');
  await ana.until('the end', seen => seen.heading === 'You have left');
  await ana.until_page('no small window', () => window.documentPictureInPicture.window === null);
}]);

cases.push(['chat: private, answers, second thoughts, history for who comes later', async ({meet, come}) => {
  const {link, peers: [ana, bo]} = await meet(['chromium', 'firefox']);
  await ana.say('The first');
  await bo.press_button('Chat');
  await bo.page.type('.composer textarea', 'typ');
  await ana.until('that he types', seen => seen.text.includes('Bo is writing'));
  await bo.until('the first', seen => seen.messages.includes('The first'));
  const act_on = async (peer, text, entry) => {
    await peer.until_page('message', wanted => {
      const line = [...document.querySelectorAll('.line')].find(one => one.querySelector('.text')?.textContent.includes(wanted));
      line?.querySelector('.line-menu button').click();
      return line !== undefined;
    }, text);
    await peer.press_button(entry);
  };
  await act_on(bo, 'The first', 'Reply');
  await bo.page.type('.composer textarea', 'ed');
  await bo.key('Enter');
  await ana.until('his answer, and to what', seen =>
    seen.messages.includes('typed') && seen.text.includes('To Ana: The first'));
  await act_on(ana, 'The first', 'Edit');
  await ana.see('.edit textarea');
  await ana.page.fill('.edit textarea', 'The first, corrected');
  await ana.key('Enter');
  await bo.until('her correction', seen => seen.messages.some(one => one.startsWith('The first, corrected')));
  await act_on(bo, 'corrected', 'React with 👍');
  await ana.until('his thumb', seen => seen.text.includes('👍 1'));
  await ana.press_button('People');
  await menu(ana, 'Actions for Bo', 'Write privately');
  await ana.page.type('.composer textarea', 'For you alone');
  await ana.key('Enter');
  await bo.until('that a message came', seen => seen.text.includes('1'));
  const cleo = await come('chromium', 'Cleo');
  await cleo.enter(link);
  await cleo.press_button('Chat');
  const later = await cleo.until('what was written before', seen => seen.messages.length === 2);
  require(!later.messages.includes('For you alone'), 'a third one reads what was private');
  await bo.page.select('.thread select', await bo.page.evaluate(() =>
    [...document.querySelectorAll('.thread option')].find(one => one.textContent.startsWith('Ana')).value));
  await bo.until('what is for him', seen => seen.messages.includes('For you alone'));
  await ana.page.selectOption('.thread select', '');
  await act_on(ana, 'typed', 'Delete');
  await cleo.until('that it is gone', seen => seen.text.includes('This message was deleted') && !seen.text.includes('typed'));
}, {long: true}]);

cases.push(['locks and roles: what is locked is off, greyed, and says why', async ({meet}) => {
  const {peers: [ana, bo]} = await meet();
  await ana.until('Bo', seen => seen.people.Bo?.picture);
  await ana.press_button('People');
  await ana.press_switch('turn their microphone on');
  await bo.until('that microphones are locked', seen => seen.text.includes('microphones are locked'));
  const reason = () => bo.page.evaluate(() => {
    const one = document.querySelector('.bar [aria-label^="Turn the microphone on"]');
    return [one?.ariaDisabled, one?.getAttribute('aria-label')];
  });
  await bo.until_page('greyed microphone', () =>
    document.querySelector('.bar [aria-label^="Turn the microphone on"]')?.ariaDisabled === 'true');
  require((await reason())[1].includes('A moderator has locked the microphones'), `${await reason()}`);
  await ana.press_switch('write to everybody');
  await bo.press_button('Chat');
  await bo.until('that the chat is locked', seen => seen.text.includes('A moderator has locked the chat'));
  await menu(ana, 'Actions for Bo', 'Presenter');
  await bo.until_page('a field to write in', () => document.querySelector('.composer textarea') !== null);
  await bo.press_button('Turn the microphone on');
  await ana.until('that he may speak', seen => !seen.people.Bo.says.includes('microphone off'));
}]);

cases.push(['who is banned stays out, in another tab as well', async ({meet, dead_end}) => {
  const {link, peers: [ana, bo]} = await meet();
  await ana.press_button('People');
  await menu(ana, 'Actions for Bo', 'Remove and keep out');
  await dead_end(bo, 'You cannot enter this room', 'Whoever runs this meeting has closed the room for you', 'To the start page');
  const page = await bo.tab();
  const again = new Peer(page, bo.tab, () => page.close(), 'Bo');
  await page.goto(link);
  await dead_end(again, 'You cannot enter this room', 'has closed the room for you', 'To the start page');
  await again.close();
}, {long: true}]);

cases.push(['what people are called and write is text everywhere', async ({come, new_link}) => {
  const strings = ['<img src=x onerror=alert(1)>', '"><script>alert(1)</script>', '{{7*7}}${7*7}', '__proto__',
    "javascript:alert(1)", '‮gnp.exe', '<svg/onload=alert(1)>'];
  const link = new_link();
  const trap = () => { for (const name of ['alert', 'confirm', 'prompt']) window[name] = () => { throw new Error(`${name} was called`); }; };
  const ana = await come('chromium', 'Ana', {init: trap});
  await ana.enter(link);
  const bo = await come('chromium', strings[0], {init: trap});
  await bo.page.goto(link);
  await bo.join();
  await bo.until('the call', seen => seen.people.Ana);
  await ana.until('him by his name', seen => seen.people[strings[0]]);
  await ana.press_button('More');
  await ana.press_button('About this call');
  await ana.page.fill('.panel input', strings[1]);
  await ana.press_button('Save');
  await bo.until('the title as it was typed', seen => seen.heading === strings[1]);
  await bo.press_button('Chat');
  for (const text of strings) {
    await bo.page.fill('.composer textarea', text);
    await bo.key('Enter');
  }
  await ana.press_button('Chat');
  const plain = strings.map(one => one.replace('‮', ''));
  await ana.until('all as it was written', seen => plain.every(text => seen.messages.some(one => one.replace('‮', '') === text)));
  const made = await ana.page.evaluate(() => document.querySelectorAll('.call img, .call script, .call svg[onload], [onerror]').length);
  require(made === 0, `${made} elements were made of texts`);
  const links = await ana.page.evaluate(() => [...document.querySelectorAll('.line a')].map(one => one.href));
  require(links.length === 0, `links: ${links}`);
}]);

cases.push(['music, noise removal and shortcuts are what the settings say', async ({meet}) => {
  const {peers: [ana, bo]} = await meet();
  await bo.flows();
  const sent = () => ana.page.evaluate(() => {
    for (const one of window.watched.connections.filter(each => each.connectionState === 'connected')) {
      const sender = one.getTransceivers().find(each => each.direction === 'sendonly' && each.sender.track?.kind === 'audio')?.sender;
      if (!sender) continue;
      const {echoCancellation, noiseSuppression} = sender.track.getSettings();
      return {echoCancellation, noiseSuppression, label: sender.track.label, stereo: /stereo=1/.test(one.remoteDescription.sdp.split('m=')[1])};
    }
    return {};
  });
  const is = async (what, good) => {
    let found;
    for (const end = Date.now() + 30_000; Date.now() < end; await new Promise(done => setTimeout(done, 100))) {
      if (good(found = await sent())) return;
    }
    throw new Error(`${what}: ${JSON.stringify(found)}`);
  };
  await is('speech', one => one.echoCancellation === true && one.noiseSuppression === true && !one.stereo);
  await menu(ana, 'More', 'Settings');
  await ana.press_switch('Music mode');
  await is('music', one => one.echoCancellation === false && one.noiseSuppression === false && one.stereo);
  await ana.press_switch('Music mode');
  const {label} = await sent();
  await ana.page.getByLabel('Noise around you').selectOption('strong');
  // What is sent comes from the noise removal, not from the device itself.
  await is('strong noise removal', one => !one.stereo && one.label !== label);
  await bo.flows({picture: false});
  await ana.page.getByLabel('Noise around you').selectOption('off');
  await is('nothing removed', one => one.noiseSuppression === false && one.echoCancellation === true);
  await ana.page.getByRole('tab', {name: 'Keyboard shortcuts'}).click();
  await ana.page.getByRole('button', {name: 'Raise or lower your hand: H. Change it'}).click();
  await ana.key('x');
  await ana.until_page('another key', () => document.querySelector('dialog[open]').innerText.includes('X'));
  await ana.key('Escape');
  await ana.key('x');
  await bo.until('her hand', seen => seen.people.Ana.says.includes('hand up'));
  await menu(ana, 'More', 'Keyboard shortcuts');
  await ana.press_switch('Shortcuts with a single letter');
  await ana.key('Escape');
  await ana.key('x');
  await ana.key('Control+d');
  await bo.until('that she is silent', seen => seen.people.Ana.says.includes('microphone off'));
  require((await bo.look()).people.Ana.says.includes('hand up'), 'a key that is off lowered the hand');
}, {long: true}]);

cases.push(['a blurred background is sent, and an open one again', async ({meet}) => {
  const {peers: [ana, bo]} = await meet();
  await bo.until('Ana', seen => seen.people.Ana?.picture);
  const label = () => ana.page.evaluate(() =>
    document.querySelector('.tile[data-person=Ana] video').srcObject?.getVideoTracks()[0]?.label);
  const bare = await label();
  await menu(ana, 'Microphone and loudspeaker', 'Settings').catch(() => menu(ana, 'Cameras', 'Settings'));
  await ana.page.getByRole('tab', {name: 'Picture'}).click();
  await ana.press_switch('Blur my background');
  await ana.until_page('blurred picture', before =>
    ![undefined, before].includes(document.querySelector('.tile[data-person=Ana] video').srcObject?.getVideoTracks()[0]?.label), bare);
  await bo.flows();
  await ana.press_switch('Blur my background');
  await ana.until_page('open picture', before =>
    document.querySelector('.tile[data-person=Ana] video').srcObject?.getVideoTracks()[0]?.label === before, bare);
  await bo.flows();
}, {long: true}]);
