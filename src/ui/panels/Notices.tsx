/** What a person should read: fallbacks, faults and what to do about them. */
import { type ReactElement, useRef } from 'react';
import { Icon } from '../controls/icons';
import { useActions, usePlayground } from '../scope';
import { useKeptFocus } from '../useKeptFocus';
import '../styles/notices.css';

export function Notices(): ReactElement {
  const notices = usePlayground((state) => state.notices);
  const { dismiss } = useActions();
  const list = useRef<HTMLDivElement>(null);
  useKeptFocus(list);
  const item = ({ id, level, message, count }: (typeof notices)[number]) => (
    <li key={id} className="notice" data-level={level}>
      <span>
        {message}
        {count > 1 && <small> ({count} times)</small>}
      </span>
      <button type="button" className="notice-close" aria-label="Dismiss" onClick={() => dismiss(id)}>
        <Icon name="close" size={13} />
      </button>
    </li>
  );
  return (
    <div className="notices notices-run" ref={list}>
      <ul role="alert">{notices.filter(({ level }) => level === 'error').map(item)}</ul>
      <ul role="status">{notices.filter(({ level }) => level !== 'error').map(item)}</ul>
    </div>
  );
}
