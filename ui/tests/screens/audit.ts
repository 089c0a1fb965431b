// What must hold on every screen. Runs inside the page and answers with what does not.

export interface Demands {
  /** Smallest side of a control, in CSS pixels. */
  target: number;
  /** The page may be higher than its window: it scrolls as a whole. */
  scrolls?: boolean;
}

export function audit({ target, scrolls: whole = false }: Demands): string[] {
  const problems: string[] = [];
  const name = (element: Element) =>
    `<${element.tagName.toLowerCase()} ${element.getAttribute('data-testid') ?? element.className.toString()}>`;
  const visible = (element: Element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const spokenOnly = (element: Element) => getComputedStyle(element).clipPath !== 'none';

  const headings = [...document.querySelectorAll('h1')].filter(visible);
  if (headings.length !== 1) problems.push(`${headings.length} headings of the first level`);
  // What lies below a dialog's veil takes no press.
  const front = document.querySelector('.dialog') ?? document;
  const primaries = [...front.querySelectorAll('.btn.primary')].filter(visible);
  if (primaries.length > 1) problems.push(`${primaries.length} primary buttons`);

  for (const control of document.querySelectorAll('button, input, [role=button], [role=switch]')) {
    if (!visible(control)) continue;
    const box = control.getBoundingClientRect();
    if (Math.min(box.width, box.height) < target) {
      problems.push(`${name(control)} is ${Math.round(box.width)} × ${Math.round(box.height)}`);
    }
  }

  if (document.documentElement.scrollWidth > innerWidth) problems.push('the page scrolls sideways');

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent?.trim() ?? '';
    const parent = node.parentElement;
    if (text === '' || !parent || !visible(parent)) continue;
    if (/undefined|null|NaN|[{}]|\[object/u.test(text)) problems.push(`odd words: ${text}`);
    const chain: Element[] = [];
    for (let element: Element | null = parent; element; element = element.parentElement) chain.push(element);
    if (chain.some(spokenOnly)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    // A name that somebody else chose may end in an ellipsis; our own words may not.
    const named = chain.some((element) => element.matches('.name'));
    for (const rect of range.getClientRects()) {
      if (rect.width === 0) continue;
      let clipped = '';
      let scrolls = false;
      for (const element of chain) {
        const style = getComputedStyle(element);
        if (style.overflowX === 'visible' || style.display === 'inline') continue;
        const box = element.getBoundingClientRect();
        const sideways = rect.left < box.left - 1 || rect.right > box.right + 1;
        const upright = rect.top < box.top - 1 || rect.bottom > box.bottom + 1;
        if (sideways && style.overflowX === 'hidden') clipped = `sideways by ${name(element)}`;
        if (upright && style.overflowY === 'hidden' && !scrolls) clipped = `up or down by ${name(element)}`;
        if (style.overflowY === 'auto' || style.overflowY === 'scroll') scrolls = true;
        if (sideways && (style.overflowX === 'auto' || style.overflowX === 'scroll')) clipped = `by ${name(element)}`;
      }
      if (!scrolls && !whole && (rect.bottom > innerHeight + 1 || rect.top < -1)) clipped = 'by the window';
      if (rect.right > innerWidth + 1 || rect.left < -1) clipped = 'by the window, sideways';
      if (clipped !== '' && !named) problems.push(`cut ${clipped}: ${text}`);

      const [x, y] = [rect.left + rect.width / 2, rect.top + rect.height / 2];
      const scroller = chain.find((element) => /auto|scroll/u.test(getComputedStyle(element).overflowY));
      const box = scroller?.getBoundingClientRect();
      const inSight = !box || (y > box.top && y < box.bottom);
      const hit = inSight ? document.elementFromPoint(x, y) : null;
      const covers = hit && !parent.contains(hit) && !hit.contains(parent);
      if (covers && !hit.closest('input, select, .dialog, .dialog-veil, .menu, .toast') && !clipped)
        problems.push(`${name(hit)} covers: ${text}`);
    }
  }
  return [...new Set(problems)];
}
