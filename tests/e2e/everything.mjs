// A host's way through all pages, panels, menus and dialogs, in any language.
import {readFileSync} from 'node:fs';
import {require} from './stage.mjs';

const areas = ['common', 'entry', 'call', 'board', 'pad'];
const words_of = language => areas.map(area =>
  JSON.parse(readFileSync(new URL(`../../apps/web/src/i18n/${language}/${area}.json`, import.meta.url), 'utf8')));

/** What an English text is in that language; its blanks may be filled. */
export function say(text, language) {
  if (language === 'en') return text;
  const [english, other] = ['en', language].map(words_of);
  for (const [i, words] of english.entries()) {
    for (const [key, value] of Object.entries(words)) {
      if (typeof value !== 'string') continue;
      const names = [...value.matchAll(/\{(\w+)\}/g)].map(match => match[1]);
      const pattern = value.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '(.+)');
      const found = new RegExp(`^${pattern}$`).exec(text);
      if (found === null) continue;
      return names.reduce((made, name, at) => made.replace(`{${name}}`, found[at + 1]), other[i][key]);
    }
  }
  throw new Error(`"${text}" is no text of the pages`);
}

/** Through all pages, panels, menus and dialogs of a host; `look` is told what is open, and where. */
export async function see_everything(ana, {server, link, company, language = 'en'}, look) {
  // Where words are longer, they begin as they did.
  const shown = words => ana.page.evaluate(text => window.accented?.(text) ?? text, say(words, language));
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
