/**
 * Keeps a fault of one page from taking the window with it: says what failed and offers to load the window again.
 * Give it a `key` that changes with the page, so that leaving the page leaves the fault.
 */
import { RotateCw } from 'lucide-react';
import { Component, type ReactNode } from 'react';
import { Button } from './Button.tsx';
import { ErrorBand } from './ErrorBand.tsx';

export interface ErrorBoundaryProps {
  /** What can't be shown, as the subject of a sentence: `The page Workers`. */
  what: string;
  children: ReactNode;
}

interface ErrorBoundaryState {
  error: Error | null;
}

export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { error: null };

  static getDerivedStateFromError(error: unknown): ErrorBoundaryState {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <ErrorBand
        title={`${this.props.what} can't be shown`}
        text={`${asSentence(error.message)} The servers are not affected, and the other pages go on.`}
        detail={error.cause instanceof Error ? error.cause.message : (error.stack ?? null)}
        actions={
          <Button
            variant="primary"
            icon={<RotateCw size={14} strokeWidth={1.75} aria-hidden />}
            onClick={() => location.reload()}
          >
            Load the window again
          </Button>
        }
      />
    );
  }
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
