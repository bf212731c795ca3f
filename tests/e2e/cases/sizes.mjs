// Small windows, large letters, long words.
import {cut_off, lengthen_words, out_of_reach} from '../layout.mjs';
import {require} from '../stage.mjs';

export const cases = [];

cases.push(['on a phone, in French', async ({come, new_link, accessible}) => {
  const link = new_link();
  const ana = await come('chromium', 'Ana', {width: 360, height: 740, touch: true, locale: 'fr'});
  await ana.page.goto(link);
  await accessible(ana, 'the page before joining');
  await ana.join();
  await ana.until('French', seen => seen.text.includes('Vous êtes la première personne ici'));
  const wide = await ana.page.evaluate(() => document.documentElement.scrollWidth);
  require(wide <= 360, `the page is ${wide} px wide`);
  await accessible(ana, 'the call');
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

/** Through all pages, panels, menus and dialogs of a host; `look` is told what is open, and where. */
async function see_everything(ana, {server, link, company}, look) {
  // Where words are longer, they begin as they did.
  const shown = words => ana.page.evaluate(text => window.accented?.(text) ?? text, words);
  const press = async words => ana.press_button(await shown(words));
  const dialog = async (what, how) => {
    await how();
    await ana.see('dialog[open] .dialog-box');
    await look(what, 'dialog[open]');
  };
  const close = async () => {
    await ana.key('Escape');
    await ana.until_page('closed dialog', () => document.querySelector('dialog[open], [role=menu]') === null);
  };
  const menu = async (words, entry, top = '.bar') => {
    await ana.until_page(`button "${words}"`, ([text, where]) => {
      const all = [...document.querySelectorAll(`${where} [aria-haspopup=menu]`)];
      const one = all.find(each => (each.getAttribute('aria-label') ?? each.textContent).startsWith(text));
      one?.click();
      return one !== undefined;
    }, [await shown(words), top]);
    await ana.see('[role=menu]');
    await look(`the menu ${words}`, '[role=menu]');
    if (entry) await press(entry);
    else await close();
  };
  await ana.page.goto(server.http);
  await ana.see('form');
  await look('the landing page', 'body');
  await ana.page.goto(link);
  await ana.see('form .button.main');
  await ana.until_page('own picture', () => document.querySelector('.preview video')?.videoWidth > 0);
  await look('the page before joining', 'body');
  await ana.join();
  await ana.until('the call', seen => seen.people.Ana);
  await look('the call, alone', '.call');
  await company();
  await ana.until('the others', seen => Object.keys(seen.people).length === 3 && seen.people.Bo?.picture);
  await look('the call', '.call');
  for (const panel of ['People', 'Chat']) {
    await press(panel);
    await ana.see('.panel');
    if (panel === 'Chat') await ana.say('Words');
    await look(panel, '.panel');
    if (panel === 'People') await menu('Actions for Cleo', null, '.panel');
    await ana.click('.panel header button');
    await ana.until_page('closed panel', () => document.querySelector('.panel') === null);
  }
  await menu('More', 'About this call');
  await ana.see('.panel');
  await look('About this call', '.panel');
  await ana.click('.panel header button');
  await dialog('the settings', () => menu('More', 'Settings'));
  const tabs = await ana.page.evaluate(() => document.querySelectorAll('dialog[open] [role=tab]').length);
  require(tabs > 1, `${tabs} tabs in the settings`);
  for (let i = 0; i < tabs; ++i) {
    await ana.until_page('that tab', at => {
      const tab = document.querySelectorAll('dialog[open] [role=tab]')[at];
      tab.click();
      return tab.ariaSelected === 'true';
    }, i);
    await look(`tab ${i + 1} of the settings`, 'dialog[open]');
  }
  await close();
  await dialog('the shortcuts', () => menu('More', 'Keyboard shortcuts'));
  await close();
  await dialog('sharing', () => press('Share your screen'));
  await close();
  await dialog('the end', () => menu('Leave', 'End for everybody'));
  await close();
  await menu('Leave', 'Leave the meeting');
  await ana.until_page('the page after', () => document.querySelector('.message') !== null);
  await look('the page after', 'body');
}

for (const [what, how, long = false] of [
  ['at 200 % nothing is lost', {width: 640, height: 400, density: 2}],
  ['words 40 % longer fit into 1280 px', {width: 1280, height: 800, init: lengthen_words}, true],
  ['words 40 % longer fit into 360 px', {width: 360, height: 740, init: lengthen_words, touch: true}],
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
