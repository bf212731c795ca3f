// The keyboard alone; and by ear: nothing but names, roles and what is read aloud.
import {Ears, listen} from '../ears.mjs';
import {require} from '../stage.mjs';

export const cases = [];

cases.push(['from link to call with the keyboard alone', async ({come, new_link}) => {
  const link = new_link();
  const bo = await come('chromium', 'Bo');
  await bo.enter(link);
  const ana = await come('chromium', 'Ana');
  await ana.page.goto(link);
  await ana.see('form input[type=text]');
  const focused = () => ana.page.evaluate(() => {
    const one = document.activeElement;
    const shown = getComputedStyle(one).outlineStyle !== 'none' || one.matches('h1, h2, main, [role=toolbar]');
    return {name: one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent.trim() ?? one.textContent.trim(), shown};
  });
  /** Tab until that is in focus; each stop on the way has to be seen. */
  const tab_to = async (words, key = 'Tab') => {
    for (let i = 0; i < 40; ++i) {
      const {name, shown} = await focused();
      if (name.startsWith(words)) return;
      require(shown || name.length > 60, `no focus can be seen on "${name}"`);
      await ana.key(key);
    }
    throw new Error(`"${words}" is not reached: ${(await focused()).name}`);
  };
  await tab_to('Your name');
  await ana.page.keyboard.type('Ana');
  await ana.key('Enter');
  await ana.until('Bo', seen => seen.people.Bo);
  await ana.key('F2');
  await tab_to('Raise your hand', 'ArrowRight');
  await ana.key('Enter');
  await bo.until('the hand', seen => seen.people.Ana?.says.includes('hand up'));
  await ana.key('m');
  await bo.until('that she is muted', seen => seen.people.Ana.says.includes('microphone off'));
  await ana.key('c');
  await tab_to('Message to everybody');
  await ana.page.keyboard.type('From the keyboard, m and v are letters here');
  await ana.key('Enter');
  await bo.press_button('Chat');
  await bo.until('her words', seen => seen.messages.includes('From the keyboard, m and v are letters here'));
  await ana.key('Escape');
  await ana.until_page('a closed panel', () => document.querySelector('.panel') === null);
}]);

cases.push(['a blind host runs a meeting with keyboard and ears alone', async ({come, new_link}) => {
  const link = new_link();
  const ana = await come('chromium', 'Ana', {init: listen});
  const ears = await Ears.of(ana);
  await ana.page.goto(link);
  await ears.focus_is('textbox Your name');
  await ana.page.keyboard.type('Ana');
  await ana.key('Enter');
  await ears.focus_is('main Pictures');

  // A waiting room, from the people panel; the focus goes back where it was.
  await ana.key('F2');
  await ears.find('button People (1)', 'ArrowRight');
  await ana.key('Enter');
  await ears.focus_is('heading People');
  await ears.find('switch Waiting room');
  await ana.key(' ');
  await ears.focus_is('switch Waiting room, checked');
  await ana.key('Escape');
  await ears.focus_is('button People (1)');

  const bo = await come('firefox', 'Bo');
  await bo.page.goto(link);
  await bo.join();
  await bo.until('the waiting room', seen => seen.heading === 'You are in the waiting room');
  await ears.hears('Bo waits to be let in');
  await ana.key('p');
  await ears.focus_is('heading People');
  await ears.find('button Let in');
  await ana.key('Enter');
  await ears.hears('Bo has come in');
  await bo.until('the call', seen => seen.people.Ana);
  await ears.focus_is('heading People');  // the button went, the focus did not
  await ana.key('Escape');
  await ears.focus_is('button People (2)');

  // The chat is read aloud while it is closed, and from its list.
  await bo.say('Can you hear me?');
  await ears.hears('Bo writes: Can you hear me?');
  await ana.key('c');
  await ears.focus_is('heading Chat');
  await ears.find('log Messages');
  await ears.find('textbox Message to everybody');
  await ana.page.keyboard.type('I hear you');
  await ana.key('Enter');
  await bo.until('her answer', seen => seen.messages.includes('I hear you'));
  await bo.say('Good');
  await ears.hears('Good');
  await ears.focus_is('textbox Message to everybody');
  // The talk is one stop: its newest message, and arrows go to the others.
  await ana.key('Shift+Tab');
  await ears.focus_is('button Actions for Bo’s message');
  await ana.key('ArrowUp');
  await ears.focus_is('button Actions for your message');
  await ana.key('Tab');
  await ears.focus_is('textbox Message to everybody');
  await ana.key('Escape');
  await ears.focus_is('button People (2)');

  // Hands: her own by a key, his from the panel.
  await ana.key('h');
  await ears.hears('Your hand is up');
  await bo.until('her hand', seen => seen.people.Ana.says.includes('hand up'));
  await ana.key('h');
  await ears.hears('Your hand is down');
  await bo.press_button('Raise your hand');
  await ears.hears('1 hand is up');
  const act_on_bo = async words => {
    await ears.find('button Actions for Bo');
    await ana.key('Enter');
    await ears.focus_is('menuitem Write privately');
    await ears.find(`menuitem ${words}`, 'ArrowDown');
    await ana.key('Enter');
    await ears.focus_is('button Actions for Bo');
  };
  await ana.key('p');
  await ears.focus_is('heading People');
  await act_on_bo('Lower the hand');
  await bo.until('that his hand is down', seen => !seen.people.Bo.says.includes('hand up'));
  await act_on_bo('Turn the microphone off');
  await bo.until('that he is muted', seen => seen.people.Bo.says.includes('microphone off'));
  await ana.key('m');
  await ears.hears('Microphone is off');
  await ana.key('Escape');
  await ears.focus_is('button People (2)');

  // A dialog and a menu that are closed give the focus back; then it is over.
  await ana.key('?');
  await ears.find('button Close');
  await ana.key('Escape');
  await ears.focus_is('button People (2)');
  const ask_for_the_end = async () => {
    await ears.find('button Leave', 'ArrowLeft');
    await ana.key('Enter');
    await ears.focus_is('menuitem Leave the meeting');
    await ana.key('ArrowDown');
    await ears.focus_is('menuitem End for everybody');
    await ana.key('Enter');
  };
  await ask_for_the_end();
  await ears.find('button Cancel');
  await ana.key('Enter');
  await ears.focus_is('button Leave');
  await ask_for_the_end();
  await ears.find('button End for everybody');
  await ana.key('Enter');
  await ears.focus_is('heading The meeting is over');
  await bo.until('the end', seen => seen.heading === 'The meeting is over');
}]);
