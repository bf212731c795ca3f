// The board and its sheets as pictures, for eyes: pictures.mjs calls it for each way of looking.

/** Ana has entered; `press` presses by English words, `shoot` takes a picture. */
export async function see_board(ana, {press, shoot}) {
  const {page} = ana;
  const surface = async () => page.evaluate(() => {
    const {left, top, width, height} = document.querySelector('.board-surface').getBoundingClientRect();
    return {left, top, width, height};
  });
  const drag = async (from, to) => {
    const box = await surface();
    const at = ([x, y]) => [box.left + x * box.width, box.top + y * box.height];
    await page.mouse.move(...at(from));
    await page.mouse.down();
    for (let i = 1; i <= 8; ++i) {
      await page.mouse.move(...at([from[0] + (to[0] - from[0]) * i / 8, from[1] + (to[1] - from[1]) * i / 8 + .01 * (i % 3)]));
    }
    await page.mouse.up();
  };
  const tool = async key => {
    await page.focus('.board-surface');
    await page.keyboard.press(key);
  };
  await press('Board');
  await shoot('board, nothing on it');
  await press('Empty pages');
  await page.waitForSelector('.board-surface[data-page]:not([data-page=""])');
  await shoot('board, an empty page');
  await drag([.15, .2], [.45, .3]);
  await tool('8');
  await drag([.2, .4], [.4, .6]);
  await tool('9');
  await drag([.5, .4], [.7, .6]);
  await tool('Escape');
  await page.focus('.board-surface');
  await page.keyboard.press('Control+a');
  await shoot('board, all chosen');
  await page.keyboard.press('Escape');
  await tool('3');
  await shoot('board, the pen');
  for (const menu of ['Save, import and more', 'Who may draw', 'Documents']) {
    await press(menu);
    await shoot(`board, ${menu}`);
    await page.keyboard.press('Escape');
  }
  await ana.press_button('Page 1');  // so in both languages
  await shoot('board, its pages');
  await page.keyboard.press('Escape');
  await page.focus('.board-surface');
  await page.keyboard.press('Shift+?');
  await shoot('board, its keys');
  await page.keyboard.press('Escape');
}
