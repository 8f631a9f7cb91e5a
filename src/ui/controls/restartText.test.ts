/** The bar says which of settings and files are not the run's, and whose run it is. */
import { expect, it } from 'vitest';
import { restartText } from './restartText';

it('names what differs', () => {
  expect(restartText({ settings: true, files: false }, false)).toBe('The settings are not this run’s.');
  expect(restartText({ settings: false, files: true }, false)).toBe('The chosen files are not this run’s.');
  expect(restartText({ settings: true, files: true }, false)).toBe(
    'The settings and the chosen files are not this run’s.',
  );
});

it('blames nobody for the settings of a sweep', () => {
  expect(restartText({ settings: true, files: false }, true)).toBe(
    'This run is of the sweep; the settings here are your own.',
  );
});
