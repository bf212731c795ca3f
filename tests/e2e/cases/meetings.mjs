// People in a room: they see, hear and write to each other, and one of them moderates.
import {require} from '../stage.mjs';

export const cases = [];

cases.push(['a first guest makes a room and is alone in it', async ({come, accessible, server}) => {
  const ana = await come('chromium', 'Ana');
  await ana.page.goto(server.http);
  await accessible(ana, 'the landing page');
  await ana.press_button('New room');
  await ana.see('form input[type=text]');
  require(/\/r\/[a-z2-7]{16}$/.test(ana.page.url()), `the new room is ${ana.page.url()}`);
  await accessible(ana, 'the page before joining');
  await ana.join();
  await ana.until('the link to send', seen => seen.text.includes('You are the first one here'));
  await accessible(ana, 'the call, alone');
}]);

for (const [first, second] of [['chromium', 'chromium'], ['chromium', 'firefox'], ['firefox', 'firefox']]) {
  cases.push([`${first} and ${second} see and hear each other`, async ({meet}) => {
    const {peers: [ana, bo]} = await meet([first, second], ['Ana', 'Bo'], {painted: true});
    await ana.until('Bo', seen => seen.people.Bo?.picture);
    await bo.until('Ana', seen => seen.people.Ana?.picture);
    await Promise.all([ana.sees('Bo'), bo.sees('Ana'), ana.hears('Bo'), bo.hears('Ana')]);
    const seen = await ana.look();
    return `${seen.people.Bo.picture}, ${seen.frames} frames`;
  }, {long: first === 'firefox'}]);
}

cases.push(['chat, hands, reactions', async ({meet, accessible}) => {
  const {peers: [ana, bo]} = await meet(['chromium', 'firefox']);
  await ana.say('Bonjour, ça va ? <b>not bold</b>');
  await bo.until('a new message', seen => seen.text.includes('1') || seen.messages.length > 0);
  await bo.say('https://example.org/a?b=c');
  await bo.until('the message before', seen => seen.messages[0] === 'Bonjour, ça va ? <b>not bold</b>');
  await ana.until('the answer', seen => seen.messages.includes('https://example.org/a?b=c'));
  await accessible(ana, 'the chat');
  await bo.press_button('Raise your hand');
  await ana.until('the hand', seen => seen.people.Bo?.says.includes('hand up'));
  await ana.press_button('React');
  await ana.press_button('🎉');
  await bo.until('the reaction', seen => seen.text.includes('🎉'));
}]);

cases.push(['mute means mute, and only its owner unmutes', async ({meet, accessible}) => {
  const {peers: [ana, bo]} = await meet();
  await ana.flows();
  await ana.press_button('People');
  await accessible(ana, 'the people panel');
  await ana.press_button('Actions for Bo');
  await ana.press_button('Turn the microphone off');
  await bo.until('that his microphone was turned off', seen => seen.text.includes('Ana turned your microphone off'));
  await ana.until('that he is silent', seen => seen.people.Bo.says.includes('microphone off'));
  const heard = await ana.hears_for(6000);
  require(heard < 4000, `a muted microphone was heard for ${heard} ms more`);  // what was on its way
  await bo.press_button('Turn the microphone on');
  await ana.flows();
}]);

cases.push(['a shared screen comes to Firefox', async ({meet, accessible}) => {
  const {peers: [ana, bo]} = await meet(['chromium', 'firefox']);
  await ana.press_button('Share your screen');
  await accessible(ana, 'the dialog about sharing');
  await ana.press_button('Text, slides');
  await bo.until("Ana's screen", seen => seen.people["Ana's screen"]?.picture);
  await ana.press_button('Stop sharing');
  await bo.until('that it has ended', seen => seen.people["Ana's screen"] === undefined);
}]);

cases.push(['removed, and the end for everybody', async ({meet, dead_end}) => {
  const {peers: [ana, bo, cleo]} = await meet(['chromium', 'chromium', 'chromium'], ['Ana', 'Bo', 'Cleo']);
  await ana.press_button('People');
  await ana.press_button('Actions for Bo');
  await ana.press_button('Remove');
  await dead_end(bo, 'You were removed from the meeting', 'Whoever runs the meeting decided so', 'Rejoin');
  await ana.press_button('Leave');
  await ana.press_button('End for everybody');
  await ana.press_button('End for everybody');
  await dead_end(cleo, 'The meeting is over', 'It was ended for everybody', 'To the start page');
  await bo.press_button('Rejoin');
  await bo.until('an empty room', seen => seen.text.includes('Nobody is inside yet'));
}]);
