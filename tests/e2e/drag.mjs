// A hand on the board.

/** From one place to another, as parts of the board, by way of `steps` places; `up` lets go. */
export async function drag(peer, from, to, steps = 12) {
  const box = await peer.page.evaluate(() => {
    const {left, top, width, height} = document.querySelector('.board-surface').getBoundingClientRect();
    return {left, top, width, height};
  });
  const place = ([x, y]) => [box.left + x * box.width, box.top + y * box.height];
  await peer.page.mouse.move(...place(from));
  await peer.page.mouse.down();
  for (let i = 1; i <= steps; ++i) {
    const part = i / steps;
    await peer.page.mouse.move(...place([from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part]));
  }
  return {up: () => peer.page.mouse.up()};
}

export async function draw(peer, from, to) {
  await (await drag(peer, from, to)).up();
}
