// The notes, their menus and questions as pictures, for eyes: pictures.mjs calls it for each way of looking.

const red_png = 'iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAEElEQVR42mP4z8AARwzEcQCukw/xOF6MEQAAAABJRU5ErkJggg==';

/** Ana has entered; `press` presses by English words, `shoot` takes a picture. */
export async function see_notes(ana, {press, shoot, put}) {
  const {page} = ana;
  const type = text => page.keyboard.type(text);
  await press('Notes');
  await page.waitForSelector('.pad-text');
  await shoot('notes, empty');
  await page.click('.pad-text');
  await type('# Board meeting\nPresent: **Ana**, *Bo* and `Cleo`\n- The budget\nThe summer feast\n\n[ ] Ask for the hall\nWrite to the members\n\n> Nothing is so good that it cannot be said shortly.\n\n');
  await shoot('notes, written');
  await press('Table');
  await type('Who');
  await page.keyboard.press('Tab');
  await type('What');
  await shoot('notes, a table');
  await page.keyboard.press('Control+Enter');
  await page.evaluate(base64 => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(base64), one => one.charCodeAt(0))], 'red.png', {type: 'image/png'}));
    document.querySelector('.pad-text').dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
  }, red_png);
  await page.waitForSelector('dialog[open] input');
  await type('A red square');
  await shoot('notes, a picture and its words');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.pad-text .picture img');
  await press('Link');
  await page.waitForSelector('dialog[open] input');
  await shoot('notes, a link');
  await page.keyboard.press('Escape');
  await press('Find');
  await page.waitForFunction(() => document.activeElement.matches('input'));
  await type('the');
  await shoot('notes, find');
  await page.keyboard.press('Escape');
  for (const menu of ['More for these notes', 'Style: Text']) {
    await press(menu);
    await shoot(`notes, ${menu}`);
    await page.keyboard.press('Escape');
  }
  await page.click('.panel [aria-haspopup=menu]');
  await shoot('notes, those of the room');
  await page.keyboard.press('Escape');
  await press('More for these notes');
  await press('Keys for writing');
  await shoot('notes, their keys');
  await page.keyboard.press('Escape');
  await put('What a program has written');
  await page.waitForFunction(() => document.querySelector('.pad-text').textContent.includes('program'));
  await press('More for these notes');
  await press('Earlier versions');
  await page.waitForSelector('.pad-slider input');
  await shoot('notes, earlier versions');
  await press('Back to writing');
  await page.waitForSelector('.pad-tools');
}
