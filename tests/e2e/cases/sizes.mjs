// Small windows, large letters, long words.
import {see_everything} from '../everything.mjs';
import {cut_off, lengthen_words, out_of_reach} from '../layout.mjs';
import {require} from '../stage.mjs';

export const cases = [];

cases.push(['on a phone, in French', async ({come, new_link, guest, accessible}) => {
  const link = new_link();
  const ana = await come('chromium', 'Ana', {width: 360, height: 740, touch: true, locale: 'fr'});
  await ana.page.goto(link);
  await accessible(ana, 'the page before joining');
  await ana.join();
  await ana.until('French', seen => seen.text.includes('Vous êtes la première personne ici'));
  const wide = await ana.page.evaluate(() => document.documentElement.scrollWidth);
  require(wide <= 360, `the page is ${wide} px wide`);
  await accessible(ana, 'the call');
  for (const name of ['Bo', 'Cleo']) await guest(link, name);
  await ana.press_button('Actions pour Bo');
  await ana.press_button('Épingler');
  // A small tile is a button as a whole: a finger finds no smaller one in it.
  await ana.see('.strip .tile[data-person=Cleo]');
  const {x, y, width: across, height} = await (await ana.page.$('.strip .tile[data-person=Cleo]')).boundingBox();
  await ana.page.touchscreen.tap(x + across / 2, y + height / 2);
  await ana.press_button('Épingler');
  await ana.see('.large .tile[data-person=Cleo]');
  await ana.press_button('Discussion');
  await accessible(ana, 'the chat');
}]);

cases.push(['320 px wide, nothing is cut off or scrolls sideways', async ({come, new_link, server}) => {
  const fits = async (peer, what) => {
    const wide = await peer.page.evaluate(() => document.documentElement.scrollWidth);
    require(wide <= 320, `${what} is ${wide} px wide`);
  };
  const link = new_link();
  const bo = await come('chromium', 'Bo');
  await bo.enter(link);
  const ana = await come('chromium', 'Ana', {width: 320, height: 640, touch: true, locale: 'fr'});
  await ana.page.goto(server.http);
  await fits(ana, 'the landing page');
  await ana.page.goto(link);
  await ana.see('form .button.main');
  await fits(ana, 'the page before joining');
  await ana.join();
  await ana.until('Bo', seen => seen.people.Bo?.picture);
  await fits(ana, 'the call');
  for (const panel of ['Personnes', 'Discussion']) {
    await ana.press_button(panel);
    await ana.see('.panel');
    await fits(ana, panel);
  }
  // What stands in the bar can be reached.
  const outside = await ana.page.evaluate(() => [...document.querySelectorAll('.bar button')]
    .filter(one => one.offsetParent && (one.getBoundingClientRect().right > 320 || one.getBoundingClientRect().bottom > 640))
    .map(one => one.getAttribute('aria-label') ?? one.textContent));
  require(outside.length === 0, `outside of the window: ${outside}`);
}]);

for (const [what, how, long = false] of [
  ['at 200 % nothing is lost', {width: 640, height: 400, density: 2}],
  ['words 40 % longer fit into 1280 px', {width: 1280, height: 800, init: lengthen_words}, true],
  ['words 40 % longer fit into 360 px', {width: 360, height: 740, init: lengthen_words, touch: true}, true],
]) {
  cases.push([what, async ({come, new_link, guest, server}) => {
    const link = new_link();
    const ana = await come('chromium', 'Ana', how);
    const wrong = [];
    let looks = 0;
    const company = async () => {
      const bo = await come('chromium', 'Bo');
      await bo.enter(link);
      await guest(link, 'Cleo');
    };
    await see_everything(ana, {server, link, company}, async (where, top) => {
      ++looks;
      const found = [...await ana.page.evaluate(cut_off), ...await ana.page.evaluate(out_of_reach, top)];
      if (found.length > 0) wrong.push(`${where}: ${found.join('; ')}`);
    });
    const {heading} = await ana.look();
    require(!how.init || heading.startsWith('Yóú hávé léft'), `the words are as they were: ${heading}`);
    require(wrong.length === 0, wrong.join(' || '));
    return `${looks} looks`;
  }, {long}]);
}

for (const [what, how, language] of [
  ['every page, panel, menu and dialog passes axe, in the dark', {dark: true}, 'en'],
  ['every page, panel, menu and dialog passes axe, on a phone in French', {width: 360, height: 740, touch: true}, 'fr'],
]) {
  cases.push([what, async ({come, new_link, guest, server, accessible}) => {
    const link = new_link();
    const ana = await come('chromium', 'Ana', {...how, locale: language});
    let looks = 0;
    const company = async () => {
      await (await come('chromium', 'Bo')).enter(link);
      await guest(link, 'Cleo');
    };
    await see_everything(ana, {server, link, company, language}, async where => {
      ++looks;
      await accessible(ana, where);
    });
    return `${looks} looks`;
  }, {long: true}]);
}
