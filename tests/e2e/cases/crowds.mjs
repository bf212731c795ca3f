// Many people.
import {require} from '../stage.mjs';

export const cases = [];

cases.push(['six people at 180 lines, everybody sees the five others move', async ({come, new_link}) => {
  const link = new_link();
  const kinds = ['firefox', 'chromium', 'chromium', 'chromium', 'chromium', 'chromium'];
  const names = ['Ana', 'Bo', 'Cleo', 'Dag', 'Eva', 'Finn'];
  const people = await Promise.all(names.map((name, i) => come(kinds[i], name)));
  await Promise.all(people.map(one => one.enter(link)));
  await Promise.all(people.map(async one => {
    const others = names.filter(name => name !== one.name);
    const first = await one.until('five others', seen => others.every(name => seen.people[name]?.frames > 0));
    await one.until('all of them moving', seen => others.every(name =>
      seen.people[name]?.picture && seen.people[name].frames >= first.people[name].frames + 10));
    await one.flows();
  }));
  const wide = await people[1].page.evaluate(() => document.documentElement.scrollWidth);
  require(wide <= 1280, `the page is ${wide} px wide`);
}, {long: true}]);

cases.push(['twenty-five people: pages, people panel, hands in their order', async stage => {
  const {come, new_link, guest, accessible} = stage;
  const link = new_link();
  const ana = await come('chromium', 'Ana');
  await ana.enter(link);
  const guests = [];
  for (let i = 1; i <= 24; ++i) guests.unshift(await guest(link, `Guest ${String(25 - i).padStart(2, '0')}`));
  const names = ['Ana', ...guests.map(one => one.name)];
  const is_all = found => found.length === 25 && names.every(name => found.includes(name));
  await ana.until('all on one page', seen => is_all(Object.keys(seen.people)));
  await accessible(ana, 'the call with twenty-five');

  await ana.press_button('People');
  const listed = () => ana.page.evaluate(() =>
    [...document.querySelectorAll('.people li .person-name')].map(one => one.firstChild.textContent));
  const lists = async (what, good) => {
    for (const end = Date.now() + 30_000; ;) {
      const found = await listed();
      if (good(found)) return;
      require(Date.now() < end, `${what}: ${found}`);
      await new Promise(done => setTimeout(done, 100));
    }
  };
  await lists('everybody by name', found => String(found) === String(names));
  await accessible(ana, 'the people panel with twenty-five');

  // Neither their names nor when they came say anything about it.
  const raised = [17, 3, 24, 8, 1].map(number => guests[number - 1]);
  for (const one of raised) {
    await one.ask('hand', {up: true});
    // The server counts milliseconds, by a clock of its own: hands a whole one apart have an order.
    for (const told = Date.now(); Date.now() < told + 2;) await new Promise(done => setTimeout(done));
  }
  const with_hands = gone => raised.filter(one => one !== gone).map(one => one.name);
  const begins = (found, first) => String(found.slice(0, first.length)) === String(first) && is_all(found);
  await lists('hands first, in their order', found => begins(found, with_hands()));
  await raised[2].ask('hand', {up: false});
  await lists('one hand less', found => begins(found, with_hands(raised[2])));
  await ana.page.selectOption('.people-tools select', 'name');
  await lists('all by name', found => String(found) === String(names));
  await ana.page.selectOption('.people-tools select', 'came');
  await lists('all as they came', found => String(found) === String(['Ana', ...names.slice(1).reverse()]));
  await ana.page.selectOption('.people-tools select', 'hands');
  await ana.press_button('Lower all hands');
  await lists('by name again', found => String(found) === String(names));
  await ana.page.fill('.people-tools input', 'guest 07');
  await lists('who was searched for', found => String(found) === 'Guest 07');
  await ana.page.fill('.people-tools input', '');
  await ana.press_button('Close: People');

  await ana.page.setViewportSize({width: 360, height: 740});
  const seen = [];
  for (let page = 1; page <= 3; ++page) {
    const on_page = await ana.until(`page ${page} of 3`, one => one.text.includes(`Page ${page} of 3`) &&
      (page === 1 || !(seen.at(-1) in one.people)));
    const found = Object.keys(on_page.people);
    require(found.length <= 9, `${found.length} on a page of a telephone`);
    seen.push(...found);
    await accessible(ana, `page ${page} of three`);
    if (page < 3) await ana.press_button('Next page');
  }
  require(is_all(seen), `on the three pages: ${seen}`);

  await ana.page.setViewportSize({width: 1280, height: 800});
  for (const one of guests.slice(10)) {
    await one.ask('leave');
    await one.closed;
  }
  await ana.until('who stayed', one => Object.keys(one.people).length === 11);
}]);
