// Judges of a page's layout, which run in the page: each gives back what is wrong, in words.

/** Before any script of the page: every text is 40 % longer and accented, as in a language that nobody has tried. */
export function lengthen_words() {
  const accents = {a: 'á', c: 'ç', e: 'é', i: 'í', n: 'ñ', o: 'ó', s: 'š', u: 'ú', y: 'ý', A: 'Á', E: 'É', O: 'Ó'};
  window.accented = text => [...text].map(one => accents[one] ?? one).join('');
  const lengthen = text => `${window.accented(text)}${' énöß'.repeat(20).slice(0, Math.ceil(text.length * 0.4))}`;
  // All texts go through one function (i18n/index.ts), whose last step is this one.
  const plain = String.prototype.replace;
  String.prototype.replace = function (pattern, by) {
    const made = plain.call(this, pattern, by);
    return pattern instanceof RegExp && pattern.source === '\\{(\\w+)\\}' ? lengthen(made) : made;
  };
}

/** Texts that stick out of their button or of the window, or are cut off. */
export function cut_off() {
  const wrong = [];
  /** Not what is for ears alone, a pixel large. */
  const is_shown = one => {
    for (let at = one; at && at !== document.body; at = at.parentElement) {
      const {width, height} = at.getBoundingClientRect();
      if (width <= 1 && height <= 1) return false;
    }
    return one.checkVisibility({visibilityProperty: true}) && !one.closest('.skip, [aria-hidden=true]');
  };
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) wrong.push(`the page is ${wide} px wide`);
  const root = document.querySelector('dialog[open]') ?? document.body;
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    const around = node.parentElement;
    if (!node.data.trim() || ['SCRIPT', 'STYLE', 'OPTION'].includes(around.tagName) || !is_shown(around)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.width === 0) continue;
    const words = `"${node.data.trim().slice(0, 40)}" in ${around.closest('[class]')?.className}`;
    const control = around.closest('button, a, [role^=menuitem], [role=tab], label');
    const holder = (control ?? around).getBoundingClientRect();
    const is_out = (inner, outer) => inner.left < outer.left - 1.5 || inner.right > outer.right + 1.5 ||
      inner.top < outer.top - 3 || inner.bottom > outer.bottom + 3;
    if (control && is_out(box, holder)) wrong.push(`${words} sticks out of its ${control.tagName.toLowerCase()}`);
    for (let at = around; at && at !== document.body; at = at.parentElement) {
      const {overflowX, overflowY, textOverflow} = getComputedStyle(at);
      // What scrolls can be brought to the eye, and three dots are said in full by the title and the reader.
      if (['auto', 'scroll'].includes(overflowX) || ['auto', 'scroll'].includes(overflowY)) break;
      if (textOverflow === 'ellipsis' && !control) break;
      const cuts = at.getBoundingClientRect();
      const is_cut_beside = box.left < cuts.left - 1.5 || box.right > cuts.right + 1.5;
      const is_cut_above = box.top < cuts.top - 3 || box.bottom > cuts.bottom + 3;
      if (overflowX !== 'visible' && is_cut_beside) wrong.push(`${words} is cut off at a side`);
      if (overflowY !== 'visible' && is_cut_above) wrong.push(`${words} is cut off above or below`);
    }
  }
  return [...new Set(wrong)];
}

/** Controls below `top` that cannot be brought before the eye, or that something covers. */
export function out_of_reach(top) {
  const wrong = [];
  const root = document.querySelector(top);
  for (const one of root.querySelectorAll('button, a[href], input, select, textarea, [tabindex="0"]')) {
    if (!one.checkVisibility({visibilityProperty: true}) || one.closest('.hidden, .skip, [inert]')) continue;
    const shown = one.matches('.toggle input') ? one.closest('label') : one;
    shown.scrollIntoView({block: 'nearest', inline: 'nearest', behavior: 'instant'});
    const box = shown.getBoundingClientRect();
    if (box.width === 0) continue;
    const name = one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent;
    const words = `"${name.trim().slice(0, 40)}"`;
    if (box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1) {
      // What is larger than the window is brought there piece by piece.
      if (box.height < innerHeight && box.width < innerWidth) wrong.push(`${words} cannot be brought into the window`);
      else continue;
    }
    const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const is_hit = at && (shown.contains(at) || at.contains(shown) || at.closest('label')?.control === one);
    if (!is_hit) wrong.push(`${words} is covered by ${at?.className || at?.tagName}`);
  }
  return [...new Set(wrong)];
}
