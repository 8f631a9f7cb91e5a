/** The page's keys: ignored inside inputs, and where a control uses the key itself. */
import { useEffect } from 'react';
import type { PlaygroundActions } from '../store/playground';

/** True where a key belongs to what has the focus. */
export function belongsToControl(
  key: string,
  target: { tagName: string; type?: string; isContentEditable?: boolean; role?: string | null } | null,
): boolean {
  if (!target) return false;
  const tag = target.tagName.toUpperCase();
  // A switch or a slider takes Space and arrows, but no letters.
  if (tag === 'INPUT' && ['checkbox', 'radio', 'range'].includes(target.type ?? '')) return key === ' ';
  if (tag === 'INPUT' || tag === 'TEXTAREA' || tag === 'SELECT' || target.isContentEditable) return true;
  // Space presses the focused button or opens the focused summary.
  return key === ' ' && (tag === 'BUTTON' || tag === 'SUMMARY' || tag === 'A' || target.role === 'slider');
}

export function useKeys(actions: PlaygroundActions, openHelp: () => void): void {
  useEffect(() => {
    const act: Record<string, () => unknown> = {
      ' ': actions.togglePlay,
      '.': () => actions.step('both'),
      w: () => actions.step('weights'),
      b: () => actions.step('selection'),
      r: actions.reset,
      '?': openHelp,
    };
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.repeat) return;
      const target =
        event.target instanceof HTMLElement || event.target instanceof SVGElement ? event.target : null;
      const described = target && {
        tagName: target.tagName,
        type: target instanceof HTMLInputElement ? target.type : undefined,
        isContentEditable: target instanceof HTMLElement && target.isContentEditable,
        role: target.getAttribute('role'),
      };
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const chosen = act[key];
      if (!chosen || belongsToControl(key, described)) return;
      // Letters in an open list or menu choose there; Space and the rest belong to a dialog that covers the page.
      if (target?.closest('[role="dialog"], [role="listbox"], [role="option"], [role="menu"]')) return;
      if (document.querySelector('[role="dialog"][aria-modal="true"]')) return;
      event.preventDefault();
      void chosen();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [actions, openHelp]);
}
