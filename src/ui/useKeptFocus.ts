/** Keeps the keyboard's place where the control that had the focus goes away or can be pressed no longer. */
import { type RefObject, useEffect } from 'react';

/**
 * Once the focused control of `region` is gone or disabled, the focus goes to the region's Play button, where it has one that
 * can be pressed, else to the region itself: never to the top of the page, nor to a control that the next key would press.
 */
export function useKeptFocus(region: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const own = region.current;
    if (!own) return;
    own.tabIndex = -1;
    let had = false;
    const look = () => {
      const { activeElement } = document;
      if (!had || (activeElement && activeElement !== document.body && !activeElement.matches(':disabled')))
        return;
      const play = own.querySelector<HTMLElement>('.play');
      // It comes back when what is waited for is there.
      if (play?.hasAttribute('data-loading')) return;
      (play?.matches(':disabled') === false ? play : own).focus({ preventScroll: true });
    };
    const enter = ({ target }: Event) => {
      had = target instanceof Node && own.contains(target);
    };
    // A press elsewhere lets go of it.
    const press = ({ target }: Event) => {
      if (!(target instanceof Node && own.contains(target))) had = false;
    };
    const observer = new MutationObserver(look);
    observer.observe(own, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ['disabled', 'data-loading'],
    });
    document.addEventListener('focusin', enter);
    document.addEventListener('pointerdown', press);
    return () => {
      observer.disconnect();
      document.removeEventListener('focusin', enter);
      document.removeEventListener('pointerdown', press);
    };
  }, [region]);
}
