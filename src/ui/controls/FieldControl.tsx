/** One field of the experiment: label, control, reason, range, what is usual for the task, and the way back to it. */
import { NativeSelect, Switch, TextInput } from '@mantine/core';
import { type KeyboardEvent, type ReactElement, useEffect, useId, useState } from 'react';
import { type Field, type FieldValue, parseFieldText, readField } from '../../config/fields';
import { usualOf } from '../../config/taskSettings';
import { useActions, usePlayground } from '../scope';
import { Icon } from './icons';

interface FieldControlProps {
  field: Field;
  /** Choices for a text field that has only so many. */
  options?: readonly { value: string; label: string }[];
}

/** "1 to 64, default 8" */
export function rangeOf(
  { kind, min, max, default: fallback }: Field,
  choices?: readonly { value: string; label: string }[],
): string {
  if (kind === 'flag') return `Default ${fallback ? 'on' : 'off'}.`;
  const named = choices?.find(({ value }) => value === fallback)?.label;
  if (kind !== 'integer' && kind !== 'real') return `Default ${named ?? (String(fallback) || 'none')}.`;
  return `${min ?? 0} to ${max ?? 0}, default ${fallback}.`;
}

export function FieldControl({ field: given, options }: FieldControlProps): ReactElement {
  const id = useId();
  const usual = usePlayground((state) => readField(usualOf(state.draft), given.path));
  const field = { ...given, default: usual };
  const value = usePlayground((state) => readField(state.draft, field.path));
  const { setField } = useActions();
  const changed = value !== field.default;
  const set = (next: FieldValue) => setField(field.path, next);
  const choices = options ?? field.options?.map((option) => ({ value: option, label: option }));
  return (
    <div className="field" data-changed={changed}>
      <div className="field-line">
        <label htmlFor={id}>{field.label}</label>
        {changed && (
          <button
            type="button"
            className="field-reset"
            aria-label={`${field.label}: back to ${String(field.default) || 'none'}`}
            title={`Back to ${String(field.default) || 'none'}`}
            onClick={({ nativeEvent }) => {
              // It goes away with the focus; a finger wants no keyboard on the screen.
              if ((nativeEvent as PointerEvent).pointerType !== 'touch') document.getElementById(id)?.focus();
              set(field.default);
            }}
          >
            <Icon name="reset" size={12} />
          </button>
        )}
        <span className="field-input">
          {field.kind === 'flag' ? (
            <Switch
              id={id}
              size="sm"
              checked={value === true}
              aria-describedby={`${id}-why`}
              onChange={(event) => set(event.currentTarget.checked)}
            />
          ) : choices ? (
            <NativeSelect
              id={id}
              size="xs"
              value={String(value)}
              attributes={describedBy(`${id}-why`)}
              data={
                choices.some((choice) => choice.value === value)
                  ? [...choices]
                  : [...choices, { value: String(value), label: String(value) }]
              }
              onChange={(event) => set(event.currentTarget.value)}
            />
          ) : (
            <ValueInput id={id} field={field} value={value} onValue={set} />
          )}
        </span>
      </div>
      <p className="field-why" id={`${id}-why`}>
        {field.reason} <span>{rangeOf(field, options)}</span>
      </p>
    </div>
  );
}

/** For a Mantine input, which puts its own `aria-describedby` in place of one that it is given. */
export const describedBy = (ids: string) => ({ input: { 'aria-describedby': ids } });

interface ValueInputProps {
  id: string;
  field: Field;
  value: FieldValue;
  onValue(value: FieldValue): void;
}

/** Why a typed text is no number for the field, and which it takes. */
const unreadable = (field: Field, text: string): string =>
  `“${text.slice(0, 20)}” is no ${field.kind === 'integer' ? 'whole number' : 'number'}: ${rangeOf(field)}`;

/**
 * The value that a left text stands for; undefined where it is no value for the field. A text that is still the shown one
 * stands for the value itself.
 */
export const leftValue = (field: Field, text: string, value: FieldValue): FieldValue | undefined =>
  text === String(value) ? value : parseFieldText(field, text);

/** Text that becomes a value on Enter or on leaving; arrows step it, learning rates by 1-2-5. */
function ValueInput({ id, field, value, onValue }: ValueInputProps): ReactElement {
  const [text, setText] = useState(String(value));
  const [wrong, setWrong] = useState(false);
  const show = (next: string) => {
    setText(next);
    setWrong(false);
  };
  useEffect(() => {
    setText(String(value));
    setWrong(false);
  }, [value]);
  const commit = () => {
    const left = leftValue(field, text, value);
    if (left === undefined) return setWrong(true);
    show(String(left));
    if (left !== value) onValue(left);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter') commit();
    if (event.key === 'Escape') show(String(value));
    const direction = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
    if (direction === 0 || typeof value !== 'number') return;
    event.preventDefault();
    const next = steppedValue(field, text, value, direction);
    if (next === undefined) return setWrong(true);
    show(String(next));
    onValue(next);
  };
  return (
    <TextInput
      id={id}
      size="xs"
      value={text}
      inputMode={field.kind === 'integer' ? 'numeric' : field.kind === 'real' ? 'decimal' : 'text'}
      error={wrong && unreadable(field, text)}
      attributes={describedBy(wrong ? `${id}-why ${id}-error` : `${id}-why`)}
      onChange={(event) => show(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={press}
    />
  );
}

const ladder = [1, 2, 5, 10];

/** The value one arrow key further than what is typed; undefined where that is no value for the field. */
export function steppedValue(
  field: Field,
  text: string,
  value: number,
  direction: 1 | -1,
): FieldValue | undefined {
  const typed = leftValue(field, text, value);
  if (typeof typed !== 'number') return undefined;
  return parseFieldText(field, String(nextValue(field, typed, direction)));
}

/** The value one arrow key further: integers by one, learning rates along 1-2-5, shares by a twentieth. */
export function nextValue(field: Field, value: number, direction: 1 | -1): number {
  if (field.kind === 'integer') return value + direction;
  if (field.scale !== 'log' || value <= 0) {
    const step = (field.max ?? 1) > 10 ? 1 : 0.05;
    return Number((value + direction * step).toPrecision(6));
  }
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  const share = value / power;
  const step =
    direction > 0
      ? ladder.find((rung) => rung > share * 1.0001)
      : (ladder.findLast((rung) => rung < share * 0.9999) ?? 0.5);
  return Number(((step ?? 10) * power).toPrecision(6));
}
