// The board and its sheets as pictures, for eyes: pictures.mjs calls it for each way of looking.
import {draw} from './drag.mjs';

/** Ana has entered; `press` presses by English words, `shoot` takes a picture. */
export async function see_board(ana, {press, shoot}) {
  const {page} = ana;
  const tool = async key => {
    await page.focus('.board-surface');
    await page.keyboard.press(key);
  };
  await press('Board');
  await shoot('board, nothing on it');
  await press('Empty pages');
  await page.waitForSelector('.board-surface[data-page]:not([data-page=""])');
  await shoot('board, an empty page');
  await draw(ana, [.15, .2], [.45, .3]);
  await tool('8');
  await draw(ana, [.2, .4], [.4, .6]);
  await tool('9');
  await draw(ana, [.5, .4], [.7, .6]);
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
