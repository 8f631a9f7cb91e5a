/** Keeps the keyboard's place where the control that had the focus goes away or can be pressed no longer. */
import { type RefObject, useEffect } from 'react';

/**
 * Once the focused control of `region` is gone or disabled, the focus goes to the region's Play button, else to its first
 * control, else to `fallback`: never to the top of the page.
 * @param fallback selector in the document
 */
export function useKeptFocus(region: RefObject<HTMLElement | null>, fallback = '.play'): void {
  useEffect(() => {
    let had = false;
    const own = () => region.current;
    const look = () => {
      const { activeElement } = document;
      if (!had || (activeElement && activeElement !== document.body && !activeElement.matches(':disabled')))
        return;
      const next = ['.play', 'button', 'input']
        .map((selector) => own()?.querySelector<HTMLElement>(`${selector}:not(:disabled)`))
        .find((found) => found);
      (next ?? document.querySelector<HTMLElement>(fallback))?.focus();
    };
    const enter = ({ target }: Event) => {
      had = target instanceof Node && own()?.contains(target) === true;
    };
    // A press elsewhere lets go of it.
    const press = ({ target }: Event) => {
      if (!(target instanceof Node && own()?.contains(target))) had = false;
    };
    const observer = new MutationObserver(look);
    if (own())
      observer.observe(own() as HTMLElement, {
        childList: true,
        subtree: true,
        attributes: true,
        attributeFilter: ['disabled'],
      });
    document.addEventListener('focusin', enter);
    document.addEventListener('pointerdown', press);
    return () => {
      observer.disconnect();
      document.removeEventListener('focusin', enter);
      document.removeEventListener('pointerdown', press);
    };
  }, [region, fallback]);
}
