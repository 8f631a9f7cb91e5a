/** A part of the page that is fetched when it is first needed, or may fail by itself: what goes wrong in it stays in it. */
import { Component, type ReactElement, type ReactNode, Suspense } from 'react';

interface PagePartProps {
  /** While it is fetched. */
  fallback?: ReactNode;
  /** What it is, for the sentence that stands in its place where it fails. */
  name: string;
  children: ReactNode;
}

export class PagePart extends Component<PagePartProps, { error?: Error }> {
  override state: { error?: Error } = {};

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactElement {
    const { name, fallback, children } = this.props;
    const { error } = this.state;
    if (!error) return <Suspense fallback={fallback}>{children}</Suspense>;
    // A file of this version is gone once another tab has put a newer one in place.
    const isFetch = /dynamically imported module|importing a module script/i.test(error.message);
    return (
      <p className="notice" role="alert" data-level="error">
        <span>
          {name} could not be shown
          {isFetch
            ? ': a file of this page could not be fetched (a newer version may be in place, or the network is gone).'
            : ` (${error.message}).`}{' '}
          A run that is training goes on; runs are kept, and reloading the page takes them up.
        </span>
        <button type="button" className="toggle" onClick={() => location.reload()}>
          Reload
        </button>
      </p>
    );
  }
}
