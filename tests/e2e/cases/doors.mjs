// Ways in: the waiting room, invitations, and the pages of those who do not come in.
import {require} from '../stage.mjs';

export const cases = [];

cases.push(['the waiting room', async ({come, new_link}) => {
  const link = new_link();
  const ana = await come('chromium', 'Ana');
  await ana.enter(link);
  await ana.press_button('People');
  await ana.press_switch('Waiting room');
  const bo = await come('firefox', 'Bo');
  await bo.page.goto(link);
  await bo.join();
  await bo.until('the waiting room', seen => seen.heading === 'You are in the waiting room');
  require(!(await bo.look()).text.includes('Ana'), 'who waits is told who is inside');
  await ana.press_button('Let in');
  await bo.until('the call', seen => seen.people.Ana);
  await bo.flows();
}, {long: true}]);

/** Keeps what the page and the server say from each other, until the function that it returns is called. */
async function hold_line(page) {
  let open;
  const opened = new Promise(done => { open = done; });
  await page.routeWebSocket(/\/signal\//, line => {
    const said = [];
    line.onMessage(message => said.push(message));
    void opened.then(() => {
      const server = line.connectToServer();
      server.onMessage(message => line.send(message));
      line.onMessage(message => server.send(message));
      for (const message of said) server.send(message);
    });
  });
  return open;
}

cases.push(['who asks to come in before the room is known comes in when it is', async ({come, new_link}) => {
  const link = new_link();
  const [ana, bo] = [await come('chromium', 'Ana'), await come('chromium', 'Bo')];
  for (const peer of [ana, bo]) {
    const open_line = await hold_line(peer.page);
    await peer.page.goto(link);
    await peer.see('form input[type=text]');
    if (peer === ana) await peer.page.keyboard.type('Ana');
    await peer.key('Enter');
    await peer.until('that it is heard', seen => seen.text.includes('Joining'));
    open_line();
  }
  await ana.until('the call', seen => seen.people.Ana);
  // He has no name: that is said once the room is known, and the way in is open again.
  await bo.until('what is missing', seen => !seen.text.includes('Joining') && seen.text.includes('Type a name'));
  await bo.page.keyboard.type('Bo');
  await bo.key('Enter');
  await bo.until('the call', seen => seen.people.Ana && seen.people.Bo);
}]);

cases.push(['a page of which a part does not arrive says so', async stage => {
  const ana = await stage.come('chromium', 'Ana');
  const parts = '**/assets/words-*';
  await ana.page.route(parts, one => one.abort());
  await ana.page.goto(stage.new_link());
  await ana.until('what is wrong', seen => seen.text.includes('not arrived yet') && seen.text.includes('pas encore arrivée'));
  await stage.accessible(ana, 'a page of which a part is missing');
  await ana.page.unroute(parts);
  await ana.page.reload();
  await ana.see('form input[type=text]');
  require(!(await ana.look()).text.includes('not arrived yet'), 'it is said of a page that is whole');
}]);

cases.push(['several wait: they read what the host writes, and come in together', async stage => {
  const {come, new_link, guest, accessible} = stage;
  const link = new_link();
  const ana = await come('chromium', 'Ana');
  await ana.enter(link);
  await ana.press_button('People');
  await ana.press_switch('Waiting room');
  await guest(link, 'Cleo');
  const bo = await come('chromium', 'Bo');
  await bo.page.goto(link);
  await bo.join();
  await bo.until('the waiting room', seen => seen.heading === 'You are in the waiting room');
  await ana.until('that two wait', seen => seen.text.includes('2 people wait'));
  await ana.page.fill('.waiting-list input', 'We begin in five minutes');
  await ana.press_button('Send');
  await bo.until('her message', seen => seen.text.includes('We begin in five minutes'));
  await accessible(bo, 'the waiting room');
  await accessible(ana, 'the list of those who wait');
  await ana.press_button('Let all in');
  await bo.until('the call', seen => seen.people.Ana && seen.people.Cleo);
}]);

cases.push(['who is refused reads so, and may ask again later', async ({come, new_link, dead_end}) => {
  const link = new_link();
  const ana = await come('chromium', 'Ana');
  await ana.enter(link);
  await ana.press_button('People');
  await ana.press_switch('Waiting room');
  const bo = await come('chromium', 'Bo');
  await bo.page.goto(link);
  await bo.join();
  await bo.until('the waiting room', seen => seen.heading === 'You are in the waiting room');
  await ana.press_button('Refuse');
  await dead_end(bo, 'You were not let in', 'You can ask again in a minute', 'Ask again in');
  const waits = await bo.page.evaluate(() => document.querySelector('main .button.main').ariaDisabled);
  require(waits === 'true', 'he may ask again at once');
  await ana.until('nobody who waits', seen => !seen.text.includes('waits'));
}]);

cases.push(['a full room says so, and lets in who tries again', async stage => {
  const {come, new_link, more_servers, guest, dead_end} = stage;
  const server = await more_servers({'rooms.open': true, 'rooms.limits.participants': 2});
  const link = new_link(server);
  await guest(link, 'First');
  const second = await guest(link, 'Second');
  const ana = await come('chromium', 'Ana');
  await ana.page.goto(link);
  await ana.join();
  await dead_end(ana, 'The room is full', 'As soon as somebody leaves', 'Try again');
  await second.ask('leave');
  await second.closed;
  await ana.press_button('Try again');
  await ana.join();
  await ana.until('the call', seen => seen.people.Ana && seen.people.First);
}]);

cases.push(['links that are no good: each says what to do', async ({come, more_servers, guest, dead_end}) => {
  const server = await more_servers({'rooms.open': false, 'control.socket': 'control.sock'});
  const ana = await come('chromium', 'Ana');
  const shows = async (link, heading, words) => {
    // The address alone does not load a page again where only what is behind the # is new.
    await ana.page.goto('about:blank');
    await ana.page.goto(link);
    await dead_end(ana, heading, words, 'To the start page');
  };
  await shows(`${server.http}/r/nowhere`, 'There is no such room', 'whoever invited you');

  const good = server.invite('algebra', '--role', 'moderator', '--uses', '1');
  const bad = 'This link is no longer good';
  await shows(good.replace(/.$/, last => last === 'A' ? 'B' : 'A'), bad, 'whoever invited you');
  await shows(good.replace('/algebra', '/geometry'), bad, 'whoever invited you');

  const short = server.invite('algebra', '--for', '1s');
  const over = Date.now() + 2000;
  while (Date.now() < over) await new Promise(done => setTimeout(done, 50));
  await shows(short, bad, 'its time is over');

  await guest(good, 'The only one');
  await shows(good, bad, 'has been used up');
  await ana.press_button('To the start page');
  await ana.until('the start', seen => seen.heading === 'Meet here');
}]);

cases.push(['an invitation says name and role, and is not in the address', async ({come, more_servers, accessible}) => {
  const server = await more_servers({'rooms.open': false, 'control.socket': 'control.sock'});
  const ana = await come('chromium', 'Ana');
  await ana.page.goto(server.invite('algebra', '--role', 'moderator', '--name', 'Ana'));
  await ana.until('her name', seen => seen.text.includes('Ana') && seen.text.includes('Nobody is inside'));
  require(!ana.page.url().includes('token'), `the token is in ${ana.page.url()}`);
  await accessible(ana, 'the page before joining, by invitation');
  await ana.click('form .button.main');
  await ana.until('the call', seen => seen.people.Ana);
  await ana.press_button('People');
  await ana.until('that she moderates', seen =>
    seen.text.includes('Moderator') && seen.text.includes('Mute everybody'));
}]);
